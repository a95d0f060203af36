package io.foursight.queryfrontend.profiles;

import io.foursight.config.TenantLimits;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.ProfilesQueryRunner;
import io.foursight.queryfrontend.BuildInfo;
import io.foursight.queryfrontend.FairQueue;
import io.foursight.queryfrontend.QueryFrontendConfig;
import io.foursight.runtime.http.ConnectRoutes;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpHandler;
import io.foursight.runtime.http.HttpRoutes;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// The profiles part of the query-frontend: builds its pieces and registers Pyroscope's read API on
/// the profiles door and, but for paths of other signals, on the main door. Its only state are
/// answers that clients have not fetched yet.
public final class ProfilesQueryFrontend {
  private static final Set<String> GET = Set.of("GET");

  /// Of a file to be looked at, whatever a tenant's limit is.
  private static final long MAX_UPLOAD = 256 << 20;

  /// What is behind the door.
  ///
  /// @param runner evaluates queries
  /// @param objects where tenants keep settings and uploaded profiles
  /// @param userLimits by tenant, as the configuration names them
  public record Ports(
      ProfilesQueryRunner runner,
      TenantObjects objects,
      Function<TenantId, Map<String, Object>> userLimits) {}

  private final HttpRoutes routes;
  private final FairQueue queue;

  public ProfilesQueryFrontend(
      Ports ports,
      QueryFrontendConfig config,
      TenantLimits<ProfilesQueryLimits> limits,
      BuildInfo build,
      HttpRoutes routes,
      Clock clock,
      MeterRegistry meters) {
    this.routes = routes;
    queue = new FairQueue(config.slots(), config.maxOutstandingRequestsPerTenant());
    var metrics = new ProfilesFrontendMetrics(meters, queue);
    var desk =
        new ProfilesReadDesk(
            ports.runner(), limits, queue, metrics, clock, config.logQueriesLongerThan());
    var merge = new MergeDesk(desk);
    var series = new SeriesDesk(desk);
    var labels = new LabelDesk(desk);
    var async =
        new AsyncQueries(
            merge::answer,
            (call, asked) -> desk.limits(call.tenants()).maxAsyncQueryConcurrency(),
            clock::millis);
    QuerierService.register(routes, merge, async, series, labels);
    var render = new RenderRoutes(desk, merge, series, labels);
    for (Door door : UnaryServices.DOORS) {
      add(door, "/pyroscope/render", render::render);
      add(door, "/pyroscope/render-diff", render::renderDiff);
      add(door, "/pyroscope/label-values", render::labelValues);
    }
    new SettingsService(ports.objects(), clock).register(routes);
    new AdHocService(desk, ports.objects(), clock).register(routes, MAX_UPLOAD);
    var status = new ProfilesStatusRoutes(ports.userLimits(), build);
    status.register(routes);
    add(Door.PROFILES, "/api/v1/status/buildinfo", status::buildInfo);
    add(Door.PROFILES, "/api/v1/tenant_limits", status::tenantLimits);
  }

  /// Where queries wait for their turn.
  public FairQueue queue() {
    return queue;
  }

  private void add(Door door, String path, HttpHandler handler) {
    String name = path.substring(1).replace('/', '_').replace('-', '_');
    routes.add(door, GET, path, name, ConnectRoutes.ERRORS, handler);
  }
}
