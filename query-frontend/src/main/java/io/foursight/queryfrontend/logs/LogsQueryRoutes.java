package io.foursight.queryfrontend.logs;

import io.foursight.config.ByteSize;
import io.foursight.config.GoDuration;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TraceContext;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LogsQueryResult;
import io.foursight.model.logs.LogsQueryResult.Matrix;
import io.foursight.model.logs.LogsQueryResult.Scalar;
import io.foursight.model.logs.LogsQueryResult.Streams;
import io.foursight.model.logs.LogsQueryResult.Vector;
import io.foursight.model.logs.LogsQueryRunner;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsStats;
import io.foursight.queryfrontend.FairQueue.Ticket;
import io.foursight.queryfrontend.logs.LogsParameters.Range;
import io.foursight.querylanguages.logql.ast.Expr;
import io.foursight.querylanguages.logql.ast.Expr.LogQuery;
import io.foursight.querylanguages.logql.parse.LogqlParser;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.json.JsonBuffer;
import io.foursight.wire.logs.json.LokiJson;
import io.foursight.wire.logs.json.QueryTimes;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `query` and `query_range`. The steps of a range of a metric query are aligned here, once: start
/// down and end up to a multiple of the step, as Loki's splitter does, so that an answer does not
/// depend on how a query is cut or cached.
final class LogsQueryRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(LogsQueryRoutes.class);
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_POINTS = 11_000;
  private static final int STREAM_FROM_ENTRIES = 1000;
  private static final String ENCODING_FLAGS = "x-loki-response-encoding-flags";
  private static final String DRILLDOWN = "source=grafana-lokiexplore-app";

  private final LogsReadDesk desk;
  private final LogsExecutors executors;
  private final Duration slow;

  LogsQueryRoutes(LogsReadDesk desk, LogsExecutors executors, Duration logQueriesLongerThan) {
    this.desk = desk;
    this.executors = executors;
    this.slow = logQueriesLongerThan;
  }

  HttpReply query(HttpCall call) {
    long begun = System.nanoTime();
    List<TenantId> tenants = call.tenants();
    LogsParameters parameters = desk.parameters(call);
    String query = parameters.query();
    long time = parameters.timeOrNow("time");
    int limit = limit(parameters, tenants);
    var direction = parameters.direction();
    Expr expr = LogqlParser.parse(query);
    if (expr instanceof LogQuery) {
      throw FoursightException.badData(
          "log queries are not supported as an instant query type, please change your query to a"
              + " range query type");
    }
    QueryBudget budget = desk.budget(call, tenants);
    check(expr, tenants, new Range(time, time), budget);
    var request =
        request(call, tenants, query, new Range(time, time), 0, 0, limit, direction, budget);
    return run(call, expr, request, begun, "instant");
  }

  HttpReply queryRange(HttpCall call) {
    long begun = System.nanoTime();
    List<TenantId> tenants = call.tenants();
    LogsParameters parameters = desk.parameters(call);
    String query = parameters.query();
    Range asked = parameters.range();
    long step = parameters.stepNanos(asked);
    long interval = parameters.duration("interval").map(Duration::toNanos).orElse(0L);
    if (interval < 0) {
      throw FoursightException.badData("interval must be >= 0: " + parameters.text("interval"));
    }
    int limit = limit(parameters, tenants);
    var direction = parameters.direction();
    Expr expr = LogqlParser.parse(query);
    Range range = desk.allowed(tenants, asked);
    if (!(expr instanceof LogQuery)) {
      if ((range.endNanos() - range.startNanos()) / step > MAX_POINTS) {
        throw FoursightException.badData(
            "exceeded maximum resolution of 11,000 points per time series. Try increasing the value"
                + " of the step parameter (step = "
                + GoDuration.format(Duration.ofNanos(step))
                + ")");
      }
      range = aligned(range, step);
    }
    QueryBudget budget = desk.budget(call, tenants);
    var request = request(call, tenants, query, range, step, interval, limit, direction, budget);
    return run(call, expr, request, begun, "range");
  }

  /// @throws FoursightException `BAD_DATA` when a range `[...]` is too long, or when the selectors
  ///   touch more bytes than the tenant may read
  private void check(Expr expr, List<TenantId> tenants, Range range, QueryBudget budget) {
    LogsQueryLimits limits = desk.limits(tenants);
    QuerySelectors.checkRanges(expr, limits.maxQueryRange());
    long most = limits.maxQueryBytesRead().bytes();
    if (most == 0) {
      return;
    }
    long bytes = 0;
    for (QuerySelectors selector : QuerySelectors.of(expr)) {
      var select =
          new LogsSelect(
              tenants.getFirst(),
              range.startNanos() - selector.beforeNanos(),
              range.endNanos() + selector.afterNanos(),
              selector.matchers(),
              budget);
      bytes += desk.inSlot(tenants, budget, source -> source.stats(select)).bytes();
    }
    if (bytes > most) {
      throw FoursightException.badData(
          "the query would read too many bytes (query: "
              + new ByteSize(bytes)
              + ", limit: "
              + limits.maxQueryBytesRead()
              + "); consider adding more specific stream selectors or reduce the time range of the"
              + " query");
    }
  }

  private static Range aligned(Range range, long step) {
    long start = Math.floorDiv(range.startNanos(), step) * step;
    long end = Math.ceilDiv(range.endNanos(), step) * step;
    return new Range(start, end);
  }

  private int limit(LogsParameters parameters, List<TenantId> tenants) {
    int limit = parameters.limit("limit", DEFAULT_LIMIT);
    int most = desk.limits(tenants).maxEntriesLimitPerQuery();
    if (most > 0 && limit > most) {
      throw FoursightException.badData(
          "max entries limit per query exceeded, limit > max_entries_limit_per_query ("
              + limit
              + " > "
              + most
              + ")");
    }
    return limit;
  }

  private LogsQueryRunner.Request request(
      HttpCall call,
      List<TenantId> tenants,
      String query,
      Range range,
      long step,
      long interval,
      int limit,
      Direction direction,
      QueryBudget budget) {
    boolean drilldown =
        call.header("x-query-tags")
            .filter(tags -> tags.toLowerCase(Locale.ROOT).contains(DRILLDOWN))
            .isPresent();
    return new LogsQueryRunner.Request(
        tenants,
        query,
        range.startNanos(),
        range.endNanos(),
        step,
        interval,
        limit,
        direction,
        desk.limits(tenants).maxQuerySeries(),
        drilldown,
        budget);
  }

  private HttpReply run(
      HttpCall call, Expr expr, LogsQueryRunner.Request request, long begun, String kind) {
    boolean useCache = call.header("cache-control").filter(h -> h.contains("no-")).isEmpty();
    var query = new LogsRangeQuery(request, LogsQueryShape.of(expr), useCache);
    LogsQueryResult result;
    long queued;
    try (Ticket ticket = desk.admit(request.tenants())) {
      queued = System.nanoTime();
      result = executors.run(query, expr instanceof LogQuery, ticket);
    }
    long took = System.nanoTime() - begun;
    (kind.equals("range") ? desk.metrics().range : desk.metrics().instant)
        .record(took, TimeUnit.NANOSECONDS);
    logSlow(call, request, result, took, kind);
    var times = new QueryTimes((queued - begun) / 1e9, took / 1e9);
    boolean categorize =
        call.header(ENCODING_FLAGS).filter(f -> f.contains("categorize-labels")).isPresent();
    if (size(result.value()) > STREAM_FROM_ENTRIES) {
      return HttpReply.stream(
          200,
          "application/json; charset=UTF-8",
          stream -> {
            var out = new JsonBuffer(stream);
            LokiJson.queryResult(out, result, categorize, times);
            out.flush();
          });
    }
    return LogsReadDesk.json(out -> LokiJson.queryResult(out, result, categorize, times));
  }

  private static long size(LogsQueryResult.Value value) {
    return switch (value) {
      case Streams streams -> streams.streams().stream().mapToLong(s -> s.entries().size()).sum();
      case Matrix matrix -> matrix.series().stream().mapToLong(s -> s.values().length).sum();
      case Vector vector -> vector.samples().size();
      case Scalar scalar -> 1;
    };
  }

  private void logSlow(
      HttpCall call,
      LogsQueryRunner.Request request,
      LogsQueryResult result,
      long nanos,
      String kind) {
    if (slow.isZero() || nanos < slow.toNanos()) {
      return;
    }
    desk.metrics().slow.increment();
    LogsStats scanned = result.statistics().scanned();
    LOG.info(
        "slow query: signal=logs kind={} tenants={} took_ms={} bytes={} entries={} peak_bytes={}"
            + " client={} trace_id={} query={}",
        kind,
        request.tenants(),
        TimeUnit.NANOSECONDS.toMillis(nanos),
        scanned.bytes(),
        scanned.entries(),
        request.budget().peakMemoryBytes(),
        call.remoteAddress(),
        TraceContext.currentId(),
        request.query());
  }
}
