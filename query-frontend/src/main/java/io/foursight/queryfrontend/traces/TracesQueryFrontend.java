package io.foursight.queryfrontend.traces;

import io.foursight.config.TenantLimits;
import io.foursight.model.traces.TracesQueryRunner;
import io.foursight.queryfrontend.BuildInfo;
import io.foursight.queryfrontend.FairQueue;
import io.foursight.queryfrontend.QueryFrontendConfig;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpHandler;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.wire.json.JsonBuffer;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/// The traces part of the query-frontend: builds its pieces and registers Tempo's read API and
/// `tempopb.StreamingQuerier` on the traces door and on the main door. Has no threads and no state.
public final class TracesQueryFrontend {
  /// What clients ask for before they use newer endpoints.
  private static final String TEMPO_VERSION = "3.0.3";

  /// Tempo allows a tenant 2000 requests under way where Mimir allows 100: theirs are small.
  private static final int OUTSTANDING_FACTOR = 20;

  private static final Set<String> GET = Set.of("GET");

  private final FairQueue queue;
  private final HttpRoutes routes;
  private final HttpRoutes.ErrorShape errors = new TempoErrors();
  private final BuildInfo build;

  /// @param runner evaluates TraceQL
  public TracesQueryFrontend(
      TracesQueryRunner runner,
      QueryFrontendConfig config,
      TenantLimits<TracesQueryLimits> limits,
      BuildInfo build,
      HttpRoutes routes,
      Clock clock,
      MeterRegistry meters) {
    this.routes = routes;
    this.build = build;
    int outstanding =
        (int)
            Math.min(
                Integer.MAX_VALUE,
                (long) OUTSTANDING_FACTOR * config.maxOutstandingRequestsPerTenant());
    queue = new FairQueue(config.slots(), outstanding);
    var metrics = new TracesFrontendMetrics(meters, queue);
    var desk =
        new TracesReadDesk(runner, limits, queue, metrics, clock, config.logQueriesLongerThan());
    var traces = new TraceRoutes(desk);
    add("/api/traces/{id}", traces::v1);
    add("/api/v2/traces/{id}", traces::v2);
    add("/api/search", new SearchRoutes(desk)::search);
    var tags = new TagRoutes(desk);
    add("/api/search/tags", tags::names);
    add("/api/v2/search/tags", tags::namesV2);
    add("/api/search/tag/{tag}/values", tags::values);
    add("/api/v2/search/tag/{tag}/values", tags::valuesV2);
    var series = new MetricsRoutes(desk);
    add("/api/metrics/query_range", series::range);
    add("/api/metrics/query", series::instant);
    add("/api/echo", call -> HttpReply.text(200, "echo"));
    add("/api/status/buildinfo", this::buildInfo);
    for (Door door : List.of(Door.MAIN, Door.TRACES)) {
      routes.addGrpc(door, new StreamingQuerier(desk).service());
    }
  }

  /// Where queries wait for their turn.
  public FairQueue queue() {
    return queue;
  }

  private void add(String path, HttpHandler handler) {
    String name = path.substring(1).replace("{", "").replace("}", "").replace('/', '_');
    for (Door door : List.of(Door.MAIN, Door.TRACES)) {
      routes.add(door, GET, path, name, errors, handler);
    }
  }

  private HttpReply buildInfo(HttpCall call) {
    var out = new JsonBuffer();
    out.raw("{\"version\":").text(TEMPO_VERSION);
    out.raw(",\"revision\":").text(build.revision());
    out.raw(",\"branch\":").text("foursight-" + build.version());
    out.raw(",\"buildDate\":").text(build.buildDate());
    out.raw(",\"buildUser\":\"foursight\",\"goVersion\":")
        .text("java" + Runtime.version().feature())
        .raw('}');
    return HttpReply.json(200, out.toByteArray());
  }
}
