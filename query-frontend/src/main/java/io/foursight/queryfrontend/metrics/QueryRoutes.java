package io.foursight.queryfrontend.metrics;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TraceContext;
import io.foursight.model.metrics.Annotations;
import io.foursight.model.metrics.MetricsQueryResult;
import io.foursight.model.metrics.MetricsQueryResult.Matrix;
import io.foursight.model.metrics.MetricsQueryResult.RangeSeries;
import io.foursight.model.metrics.MetricsQueryResult.Vector;
import io.foursight.model.metrics.MetricsQueryRunner;
import io.foursight.model.metrics.MetricsQueryRunner.Options;
import io.foursight.queryfrontend.FairQueue.Ticket;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.ast.ValueType;
import io.foursight.querylanguages.promql.parse.PromqlParser;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.json.JsonBuffer;
import io.foursight.wire.metrics.json.PrometheusJson;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `query` and `query_range`.
final class QueryRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(QueryRoutes.class);
  private static final int MAX_POINTS = 11_000;
  private static final Annotations TRUNCATED =
      new Annotations(List.of("results truncated due to limit"), List.of());

  private final ReadDesk desk;
  private final MetricsQueryRunner runner;
  private final RangeExecutor ranges;
  private final Clock clock;
  private final QueryFrontendMetrics metrics;

  QueryRoutes(
      ReadDesk desk,
      MetricsQueryRunner runner,
      RangeExecutor ranges,
      Clock clock,
      QueryFrontendMetrics metrics) {
    this.desk = desk;
    this.runner = runner;
    this.ranges = ranges;
    this.clock = clock;
    this.metrics = metrics;
  }

  HttpReply query(HttpCall call) {
    long begun = System.nanoTime();
    List<TenantId> tenants = call.tenants();
    var parameters = new Parameters(call);
    int limit = parameters.limit("limit");
    long time = parameters.time("time").orElseGet(clock::millis);
    Optional<Duration> timeout = parameters.duration("timeout");
    Duration lookback = lookback(parameters);
    Options options = options(tenants);
    String query = parameters.text("query");
    parse(query, options, tenants);
    QueryBudget budget = desk.budget(call, tenants, timeout);
    var request =
        new MetricsQueryRunner.Request(tenants, query, time, time, 0, lookback, options, budget);
    MetricsQueryResult result;
    long queued;
    try (Ticket ticket = desk.admit(tenants)) {
      queued = System.nanoTime();
      result = checked(() -> ticket.run(budget, () -> runner.run(request)));
    }
    return reply(call, result, limit, budget, new Times(begun, queued), tenants, query, "instant");
  }

  HttpReply queryRange(HttpCall call) {
    long begun = System.nanoTime();
    List<TenantId> tenants = call.tenants();
    var parameters = new Parameters(call);
    int limit = parameters.limit("limit");
    long start = parameters.requiredTime("start");
    long end = parameters.requiredTime("end");
    if (end < start) {
      throw Parameters.invalid("end", "end timestamp must not be before start time");
    }
    long step = parameters.requiredDuration("step").toMillis();
    if (step <= 0) {
      throw Parameters.invalid(
          "step",
          "zero or negative query resolution step widths are not accepted. Try a positive integer");
    }
    if ((end - start) / step > MAX_POINTS) {
      throw FoursightException.badData(
          "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query"
              + " resolution (?step=XX)");
    }
    Optional<Duration> timeout = parameters.duration("timeout");
    Duration lookback = lookback(parameters);
    Options options = options(tenants);
    String query = parameters.text("query");
    Expr expr = parse(query, options, tenants);
    if (expr.type() != ValueType.VECTOR && expr.type() != ValueType.SCALAR) {
      throw Parameters.invalid(
          "query",
          "invalid expression type \""
              + expr.type().documented()
              + "\" for range query, must be Scalar or instant Vector");
    }
    checkLength(tenants, end - start);
    QueryBudget budget = desk.budget(call, tenants, timeout);
    QueryShape shape = checked(() -> QueryShape.of(expr, step, end - start, lookback.toMillis()));
    long first = insideLookback(tenants, start, step);
    boolean useCache = wantsCache(call);
    MetricsQueryResult result;
    long queued;
    try (Ticket ticket = desk.admit(tenants)) {
      queued = System.nanoTime();
      var range =
          new RangeQuery(
              tenants,
              query,
              first == start ? shape : QueryShape.whole(),
              first,
              end,
              step,
              lookback,
              options,
              budget,
              useCache);
      result =
          first > end
              ? new MetricsQueryResult(new Matrix(List.of()), Annotations.NONE)
              : checked(() -> ranges.run(range, ticket));
    }
    return reply(call, result, limit, budget, new Times(begun, queued), tenants, query, "range");
  }

  /// Not with `Cache-Control: no-store` (Mimir), nor with `nocache=1` (VictoriaMetrics).
  private static boolean wantsCache(HttpCall call) {
    boolean noStore = call.header("cache-control").filter(h -> h.contains("no-store")).isPresent();
    String nocache = call.parameter("nocache").orElse("");
    return !noStore && !nocache.equals("1") && !nocache.equalsIgnoreCase("true");
  }

  private Duration lookback(Parameters parameters) {
    Duration asked = parameters.duration("lookback_delta").orElse(desk.config().lookbackDelta());
    return asked.toMillis() > 0 ? asked : desk.config().lookbackDelta();
  }

  Options options(List<TenantId> tenants) {
    MetricsQueryLimits own = desk.limits(tenants);
    return new Options(
        own.promqlExperimentalFunctionsEnabled(),
        own.promqlExtendedRangeSelectorsEnabled(),
        own.promqlFillModifiersEnabled(),
        own.promqlDelayedNameRemovalEnabled(),
        true,
        desk.config().defaultEvaluationInterval().toMillis());
  }

  /// @throws FoursightException `BAD_DATA` with the parameter's name before the parser's words
  Expr parse(String query, Options options, List<TenantId> tenants) {
    int most = desk.limits(tenants).maxQueryExpressionSizeBytes();
    if (most > 0 && Parameters.utf8Length(query) > most) {
      throw Parameters.invalid(
          "query",
          "the raw query size in bytes exceeds the limit (query size: "
              + Parameters.utf8Length(query)
              + ", limit: "
              + most
              + ", limits.max_query_expression_size_bytes)"
              + " (err-mimir-max-query-expression-size-bytes)");
    }
    return checked(() -> PromqlParser.parse(query, options));
  }

  /// What the parser or the engine has against the query text is a fault of the parameter.
  private static <T> T checked(Supplier<T> work) {
    try {
      return work.get();
    } catch (FoursightException e) {
      if (e.kind() == ErrorKind.BAD_DATA && !e.getMessage().startsWith("invalid parameter")) {
        throw Parameters.invalid("query", e.getMessage());
      }
      throw e;
    }
  }

  private void checkLength(List<TenantId> tenants, long millis) {
    Duration most = desk.limits(tenants).maxTotalQueryLength();
    if (most.toMillis() > 0 && millis > most.toMillis()) {
      throw FoursightException.badData(
          "the total query time range exceeds the limit (query length: "
              + Duration.ofMillis(millis)
              + ", limit: "
              + most
              + ", limits.max_total_query_length) (err-mimir-max-total-query-length)");
    }
  }

  /// The first step that is not older than the tenant may look.
  private long insideLookback(List<TenantId> tenants, long start, long step) {
    Duration most = desk.limits(tenants).maxQueryLookback();
    if (most.toMillis() <= 0) {
      return start;
    }
    long oldest = clock.millis() - most.toMillis();
    return start >= oldest ? start : start + Math.ceilDiv(oldest - start, step) * step;
  }

  private record Times(long begun, long queued) {}

  private HttpReply reply(
      HttpCall call,
      MetricsQueryResult result,
      int limit,
      QueryBudget budget,
      Times times,
      List<TenantId> tenants,
      String query,
      String kind) {
    long took = System.nanoTime() - times.begun();
    (kind.equals("range") ? metrics.range : metrics.instant).record(took, TimeUnit.NANOSECONDS);
    logSlow(took, budget, tenants, query, kind, call);
    MetricsQueryResult.Value value = result.value();
    Annotations annotations = result.annotations();
    if (limit > 0) {
      MetricsQueryResult.Value cut = truncated(value, limit);
      if (cut != value) {
        annotations = TRUNCATED.plus(annotations);
        value = cut;
      }
    }
    Optional<byte[]> stats =
        call.parameter("stats").filter(s -> !s.isEmpty()).map(s -> stats(budget, times));
    MetricsQueryResult.Value shown = value;
    return ReadDesk.success(
        size(value), annotations, out -> PrometheusJson.queryData(out, shown, stats));
  }

  private static MetricsQueryResult.Value truncated(MetricsQueryResult.Value value, int limit) {
    return switch (value) {
      case Vector v when v.samples().size() > limit -> new Vector(v.samples().subList(0, limit));
      case Matrix m when m.series().size() > limit -> new Matrix(m.series().subList(0, limit));
      default -> value;
    };
  }

  private static long size(MetricsQueryResult.Value value) {
    return switch (value) {
      case Vector v -> 4L * v.samples().size();
      case Matrix m -> {
        long size = 4L * m.series().size();
        for (RangeSeries series : m.series()) {
          size += series.samples().size();
        }
        yield size;
      }
      default -> 1;
    };
  }

  private void logSlow(
      long nanos,
      QueryBudget budget,
      List<TenantId> tenants,
      String query,
      String kind,
      HttpCall call) {
    Duration bound = desk.config().logQueriesLongerThan();
    if (bound.isZero() || nanos < bound.toNanos()) {
      return;
    }
    metrics.slow.increment();
    LOG.info(
        "slow query: signal=metrics kind={} tenants={} took_ms={} series={} samples={}"
            + " peak_bytes={} client={} trace_id={} query={}",
        kind,
        tenants,
        TimeUnit.NANOSECONDS.toMillis(nanos),
        budget.totalSeries(),
        budget.totalSamples(),
        budget.peakMemoryBytes(),
        call.remoteAddress(),
        TraceContext.currentId(),
        Parameters.quoted(query));
  }

  /// `data.stats` in Prometheus's form, in seconds; counts of the whole query, not of each step.
  private static byte[] stats(QueryBudget budget, Times times) {
    double total = (System.nanoTime() - times.begun()) / 1e9;
    double queue = (times.queued() - times.begun()) / 1e9;
    var out = new JsonBuffer();
    out.raw("{\"timings\":{\"evalTotalTime\":").number(total - queue);
    out.raw(",\"resultSortTime\":0,\"queryPreparationTime\":0,\"innerEvalTime\":");
    out.number(total - queue).raw(",\"execQueueTime\":").number(queue);
    out.raw(",\"execTotalTime\":").number(total);
    out.raw("},\"samples\":{\"totalQueryableSamples\":").number(budget.totalSamples());
    out.raw(",\"peakSamples\":").number(budget.totalSamples()).raw("}}");
    return out.toByteArray();
  }
}
