package io.foursight.ingester;

import io.foursight.model.TenantId;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.runtime.http.HttpRoutes.ErrorShape;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The ingester's admin paths, on every open HTTP door, in Mimir's and Loki's spellings.
///
/// | path | methods | answer |
/// |---|---|---|
/// | `/flush`, `/ingester/flush?tenant=&wait=` | GET, POST | 204; with `wait=true` after the upload |
/// | `/ingester/shutdown` | POST | 204 after everything is uploaded; no more writes |
/// | `/ingester/prepare-shutdown` (or `_`) | GET, POST, DELETE | `set` or `unset`; 204; 204 |
/// | `/ingester/tenants` | GET | a page with the tenants in memory |
public final class IngesterRoutes {
  private static final Set<String> GET_OR_POST = Set.of("GET", "POST");

  private final Ingester ingester;

  public IngesterRoutes(Ingester ingester) {
    this.ingester = ingester;
  }

  public void register(HttpRoutes routes) {
    for (String path : List.of("/flush", "/ingester/flush")) {
      routes.addEverywhere(GET_OR_POST, path, name(path), ErrorShape.TEXT, this::flush);
    }
    routes.addEverywhere(
        Set.of("POST"), "/ingester/shutdown", "ingester_shutdown", ErrorShape.TEXT, this::shutdown);
    for (String path : List.of("/ingester/prepare-shutdown", "/ingester/prepare_shutdown")) {
      routes.addEverywhere(
          Set.of("GET", "POST", "DELETE"),
          path,
          "ingester_prepare_shutdown",
          ErrorShape.TEXT,
          this::prepareShutdown);
    }
    routes.addEverywhere(
        Set.of("GET"), "/ingester/tenants", "ingester_tenants", ErrorShape.TEXT, this::tenants);
  }

  private static String name(String path) {
    return path.substring(1).replace('/', '_');
  }

  private HttpReply flush(HttpCall call) {
    Optional<TenantId> tenant =
        call.parameter("tenant").filter(t -> !t.isEmpty()).map(TenantId::new);
    boolean wait =
        call.parameter("wait").filter(w -> w.equals("true") || w.equals("1")).isPresent();
    ingester.flush(tenant, wait);
    return HttpReply.of(204);
  }

  private HttpReply shutdown(HttpCall call) {
    ingester.shutdown();
    return HttpReply.of(204);
  }

  private HttpReply prepareShutdown(HttpCall call) {
    switch (call.method()) {
      case "POST" -> ingester.prepareShutdown(true);
      case "DELETE" -> ingester.prepareShutdown(false);
      default -> {
        return HttpReply.text(200, ingester.isShutdownPrepared() ? "set\n" : "unset\n");
      }
    }
    return HttpReply.of(204);
  }

  private HttpReply tenants(HttpCall call) {
    var page = new StringBuilder("<!DOCTYPE html><title>Ingester: tenants</title>");
    page.append("<h1>Ingester: tenants</h1><table><tr><th>Tenant</th></tr>");
    // Tenant ids have no characters that HTML would read.
    for (TenantId tenant : ingester.tenants()) {
      page.append("<tr><td>").append(tenant).append("</td></tr>");
    }
    return HttpReply.html(page.append("</table>").toString());
  }
}
