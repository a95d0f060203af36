package io.foursight.queryfrontend.logs;

import io.foursight.config.TenantLimits;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsLateWrites;
import io.foursight.model.logs.LogsQueryRunner;
import io.foursight.model.logs.LogsSource;
import io.foursight.model.logs.LogsTailRunner;
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

/// The logs part of the query-frontend: builds its pieces and registers every route of
/// `/loki/api/v1` on the logs door and on the main door, and what collides with other signals on
/// the logs door alone. Has no threads and no state but the count of open tails.
public final class LogsQueryFrontend {
  private static final String API = "/loki/api/v1";
  private static final String OLD = "/api/prom";
  private static final Set<String> READ = Set.of("GET", "POST");
  private static final Set<String> GET = Set.of("GET");

  /// What the front door stands before.
  ///
  /// @param runner evaluates LogQL
  /// @param sources the data of some tenants, read as one
  /// @param lateWrites tells whether the past has changed
  /// @param tails follows log queries
  /// @param userLimits the limits of a tenant, by key
  public record Ports(
      LogsQueryRunner runner,
      Function<List<TenantId>, LogsSource> sources,
      LogsLateWrites lateWrites,
      LogsTailRunner tails,
      Function<TenantId, Map<String, Object>> userLimits) {}

  private final FairQueue queue;
  private final HttpRoutes routes;
  private final HttpRoutes.ErrorShape errors = new LokiErrors();

  public LogsQueryFrontend(
      Ports ports,
      QueryFrontendConfig config,
      TenantLimits<LogsQueryLimits> limits,
      BuildInfo build,
      HttpRoutes routes,
      Clock clock,
      MeterRegistry meters) {
    this.routes = routes;
    queue = new FairQueue(config.slots(), config.maxOutstandingRequestsPerTenant());
    var metrics = new LogsFrontendMetrics(meters, queue);
    var desk = new LogsReadDesk(ports.sources(), limits, queue, metrics, clock);
    var executors =
        new LogsExecutors(
            ports.runner(),
            new LogsRangeExecutor(
                ports.runner(),
                cache(config),
                ports.lateWrites(),
                new LogsCosts(ports.sources(), limits),
                limits,
                config.splitQueriesByInterval().toNanos(),
                clock,
                metrics),
            new LogsEntryExecutor(
                ports.runner(), limits, config.splitQueriesByInterval().toNanos(), metrics));
    queries(new LogsQueryRoutes(desk, executors, config.logQueriesLongerThan()));
    labels(new LogsLabelRoutes(desk));
    volumes(new LogsVolumeRoutes(desk));
    fields(new LogsFieldRoutes(desk, ports.runner()));
    status(new LogsStatusRoutes(ports.userLimits(), build));
    tail(new LogsTailRoute(desk, ports.tails(), clock));
  }

  private static Optional<LogsResultCache> cache(QueryFrontendConfig config) {
    return config.cacheResults()
        ? Optional.of(new LogsResultCache(config.resultsCacheSize().bytes()))
        : Optional.empty();
  }

  /// Where queries wait for their turn.
  public FairQueue queue() {
    return queue;
  }

  private void queries(LogsQueryRoutes to) {
    add(READ, "/query", to::query);
    add(READ, "/query_range", to::queryRange);
    old("/query", to::queryRange);
  }

  private void labels(LogsLabelRoutes to) {
    add(READ, "/labels", to::labels);
    add(READ, "/label", to::labels);
    add(READ, "/label/{name}/values", to::labelValues);
    add(READ, "/series", to::series);
    add(READ, "/detected_labels", to::detectedLabels);
    old("/label", to::labels);
    old("/label/{name}/values", to::labelValues);
    old("/series", to::series);
  }

  private void volumes(LogsVolumeRoutes to) {
    add(READ, "/index/stats", to::stats);
    add(READ, "/index/shards", to::shards);
    add(READ, "/index/volume", to::volume);
    add(READ, "/index/volume_range", to::volumeRange);
    add(READ, "/patterns", to::patterns);
  }

  private void fields(LogsFieldRoutes to) {
    add(READ, "/detected_fields", to::fields);
    add(READ, "/detected_field/{name}/values", to::values);
  }

  private void status(LogsStatusRoutes to) {
    add(READ, "/format_query", to::formatQuery);
    add(GET, "/status/buildinfo", to::buildInfo);
    add(GET, "/drilldown-limits", to::drilldownLimits);
    add(GET, "/rules", to::ruleGroups);
    route(Door.LOGS, GET, "/prometheus/api/v1/rules", "prometheus_api_v1_rules", to::rules);
    route(Door.LOGS, GET, "/prometheus/api/v1/alerts", "prometheus_api_v1_alerts", to::alerts);
  }

  private void tail(LogsTailRoute to) {
    for (Door door : List.of(Door.MAIN, Door.LOGS)) {
      routes.addSocket(door, API + "/tail", "loki_api_v1_tail", errors, to);
    }
    routes.addSocket(Door.LOGS, OLD + "/tail", "api_prom_tail", errors, to);
  }

  private void add(Set<String> methods, String path, HttpHandler handler) {
    for (Door door : List.of(Door.MAIN, Door.LOGS)) {
      route(door, methods, API + path, name(API + path), handler);
    }
  }

  /// A path of before `/loki`; other signals claim its beginning on the main door.
  private void old(String path, HttpHandler handler) {
    route(Door.LOGS, READ, OLD + path, name(OLD + path), handler);
  }

  private static String name(String path) {
    return path.substring(1).replace("{", "").replace("}", "").replace('/', '_');
  }

  private void route(
      Door door, Set<String> methods, String path, String name, HttpHandler handler) {
    routes.add(door, methods, path, name, errors, handler);
  }
}
