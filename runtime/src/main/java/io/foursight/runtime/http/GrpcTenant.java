package io.foursight.runtime.http;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.grpc.Context;
import java.util.List;

/// The tenant of the gRPC call that the current thread serves. The door resolves it from the
/// `x-scope-orgid` metadata as it does for HTTP and puts it into the gRPC context before the
/// service's method runs.
public final class GrpcTenant {
  /// Set by the door around every call.
  public static final Context.Key<TenantId> KEY = Context.key("foursight-tenant");

  /// Set by the door around every call: the tenants of a read, several only with
  /// `tenant_federation.enabled`.
  public static final Context.Key<List<TenantId>> READ_KEY = Context.key("foursight-tenants");

  private GrpcTenant() {}

  /// The tenants of a read.
  ///
  /// @throws FoursightException `UNAUTHENTICATED` when the call came without a tenant
  public static List<TenantId> currentAll() {
    List<TenantId> tenants = READ_KEY.get();
    return tenants == null ? List.of(current()) : tenants;
  }

  /// @throws FoursightException `UNAUTHENTICATED` when the call came without a tenant
  public static TenantId current() {
    TenantId tenant = KEY.get();
    if (tenant == null) {
      List<TenantId> several = READ_KEY.get();
      if (several != null) {
        throw FoursightException.badData(
            "this call is for one tenant, x-scope-orgid names " + several);
      }
      throw new FoursightException(ErrorKind.UNAUTHENTICATED, "no org id");
    }
    return tenant;
  }
}
