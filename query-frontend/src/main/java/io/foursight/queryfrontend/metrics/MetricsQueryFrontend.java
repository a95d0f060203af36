package io.foursight.queryfrontend.metrics;

import io.foursight.config.TenantLimits;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricsCardinality;
import io.foursight.model.metrics.MetricsLateWrites;
import io.foursight.model.metrics.MetricsQueryRunner;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.queryfrontend.BuildInfo;
import io.foursight.queryfrontend.FairQueue;
import io.foursight.queryfrontend.QueryFrontendConfig;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpHandler;
import io.foursight.runtime.http.HttpRoutes;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// The metrics part of the query-frontend: builds its pieces and registers every route of
/// `/prometheus/api/v1` and its neighbours on the main door. Has no threads and no state but the
/// result cache.
public final class MetricsQueryFrontend {
  private static final String API = "/prometheus/api/v1";
  private static final Set<String> READ = Set.of("GET", "POST");
  private static final Set<String> GET = Set.of("GET");

  /// What the front door stands before.
  ///
  /// @param runner evaluates PromQL
  /// @param sources the data of some tenants, read as one
  /// @param cardinality what the heads hold
  /// @param lateWrites when the past changes; the ingester, or [MetricsLateWrites#NONE]
  /// @param userLimits the limits of a tenant that `user_limits` shows, by key
  public record Ports(
      MetricsQueryRunner runner,
      Function<List<TenantId>, MetricsSource> sources,
      MetricsCardinality cardinality,
      MetricsLateWrites lateWrites,
      Function<TenantId, Map<String, Object>> userLimits) {}

  private final FairQueue queue;
  private final HttpRoutes routes;
  private final HttpRoutes.ErrorShape errors = new PrometheusErrors();

  public MetricsQueryFrontend(
      Ports ports,
      QueryFrontendConfig config,
      TenantLimits<MetricsQueryLimits> limits,
      BuildInfo build,
      HttpRoutes routes,
      Clock clock,
      MeterRegistry meters) {
    this.routes = routes;
    queue = new FairQueue(config.slots(), config.maxOutstandingRequestsPerTenant());
    var metrics = new QueryFrontendMetrics(meters, queue);
    var desk = new ReadDesk(ports.sources(), config, limits, queue, metrics);
    Optional<ResultCache> cache =
        config.cacheResults()
            ? Optional.of(new ResultCache(config.resultsCacheSize().bytes()))
            : Optional.empty();
    var ranges =
        new RangeExecutor(
            ports.runner(),
            cache,
            ports.lateWrites(),
            limits,
            config.splitQueriesByInterval().toMillis(),
            clock,
            metrics);
    queries(new QueryRoutes(desk, ports.runner(), ranges, clock, metrics));
    language(new LanguageRoutes());
    series(new SeriesRoutes(desk));
    add(Set.of("POST"), "/read", new RemoteReadRoute(desk)::read);
    cardinality(new CardinalityRoutes(desk, ports.cardinality()));
    status(new StatusRoutes(desk, ports.cardinality(), ports.userLimits(), build, clock));
  }

  /// Where parts of queries wait for their turn.
  public FairQueue queue() {
    return queue;
  }

  private void queries(QueryRoutes to) {
    add(READ, "/query", to::query);
    add(READ, "/query_range", to::queryRange);
  }

  private void language(LanguageRoutes to) {
    add(READ, "/format_query", to::formatQuery);
    add(READ, "/parse_query", to::parseQuery);
  }

  private void series(SeriesRoutes to) {
    add(READ, "/series", to::series);
    add(READ, "/labels", to::labels);
    add(READ, "/label/{name}/values", to::labelValues);
    add(READ, "/metadata", to::metadata);
    add(READ, "/query_exemplars", to::exemplars);
  }

  private void cardinality(CardinalityRoutes to) {
    add(READ, "/cardinality/label_names", to::labelNames);
    add(READ, "/cardinality/label_values", to::labelValues);
    add(READ, "/cardinality/active_series", to::activeSeries);
    add(READ, "/cardinality/active_native_histogram_metrics", to::activeNativeHistogramMetrics);
  }

  private void status(StatusRoutes to) {
    add(GET, "/status/buildinfo", to::buildInfo);
    root(GET, "/api/v1/status/buildinfo", "api_v1_status_buildinfo", to::buildInfo);
    add(GET, "/status/runtimeinfo", to::runtimeInfo);
    add(GET, "/status/tsdb", to::tsdb);
    add(GET, "/rules", to::rules);
    add(GET, "/alerts", to::alerts);
    root(GET, "/api/v1/user_limits", "api_v1_user_limits", to::userLimits);
    root(GET, "/api/v1/user_stats", "api_v1_user_stats", to::userStats);
  }

  private void add(Set<String> methods, String path, HttpHandler handler) {
    String name = (API + path).substring(1).replace("{", "").replace("}", "").replace('/', '_');
    root(methods, API + path, name, handler);
  }

  private void root(Set<String> methods, String path, String name, HttpHandler handler) {
    routes.add(Door.MAIN, methods, path, name, errors, handler);
  }
}
