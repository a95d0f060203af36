package io.foursight.runtime.http;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.grpc.Context;

/// The tenant of the gRPC call that the current thread serves. The door resolves it from the
/// `x-scope-orgid` metadata as it does for HTTP and puts it into the gRPC context before the
/// service's method runs.
public final class GrpcTenant {
  /// Set by the door around every call.
  public static final Context.Key<TenantId> KEY = Context.key("foursight-tenant");

  private GrpcTenant() {}

  /// @throws FoursightException `UNAUTHENTICATED` when the call came without a tenant
  public static TenantId current() {
    TenantId tenant = KEY.get();
    if (tenant == null) {
      throw new FoursightException(ErrorKind.UNAUTHENTICATED, "no org id");
    }
    return tenant;
  }
}
