package io.foursight.compactor;

import io.foursight.model.TenantId;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.runtime.http.HttpRoutes.ErrorShape;
import java.util.List;
import java.util.Set;

/// The compactor's routes on the main door, as Mimir has them: `POST /compactor/delete_tenant` and
/// `GET /compactor/delete_tenant_status`, both for the tenant of the request.
public final class CompactorRoutes {
  private final List<Compactor> compactors;

  private CompactorRoutes(List<Compactor> compactors) {
    this.compactors = List.copyOf(compactors);
  }

  public static void register(HttpRoutes routes, List<Compactor> compactors) {
    var self = new CompactorRoutes(compactors);
    routes.add(
        Door.MAIN,
        Set.of("POST"),
        "/compactor/delete_tenant",
        "compactor_delete_tenant",
        ErrorShape.TEXT,
        self::deleteTenant);
    routes.add(
        Door.MAIN,
        Set.of("GET"),
        "/compactor/delete_tenant_status",
        "compactor_delete_tenant_status",
        ErrorShape.TEXT,
        self::status);
  }

  private HttpReply deleteTenant(HttpCall call) {
    TenantId tenant = call.tenant();
    compactors.forEach(compactor -> compactor.deleteTenant(tenant));
    return HttpReply.of(200);
  }

  /// A tenant's characters need no escaping in JSON.
  private HttpReply status(HttpCall call) {
    TenantId tenant = call.tenant();
    boolean deleted = compactors.stream().allMatch(compactor -> compactor.isTenantDeleted(tenant));
    return HttpReply.json(
        200, "{\"tenant_id\":\"" + tenant + "\",\"blocks_deleted\":" + deleted + "}");
  }
}
