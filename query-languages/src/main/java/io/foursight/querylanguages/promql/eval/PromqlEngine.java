package io.foursight.querylanguages.promql.eval;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricsQueryResult;
import io.foursight.model.metrics.MetricsQueryResult.InstantSample;
import io.foursight.model.metrics.MetricsQueryResult.Matrix;
import io.foursight.model.metrics.MetricsQueryResult.RangeSeries;
import io.foursight.model.metrics.MetricsQueryResult.Scalar;
import io.foursight.model.metrics.MetricsQueryResult.Text;
import io.foursight.model.metrics.MetricsQueryResult.Value;
import io.foursight.model.metrics.MetricsQueryResult.Vector;
import io.foursight.model.metrics.MetricsQueryRunner;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.ast.ValueType;
import io.foursight.querylanguages.promql.parse.PromqlParser;
import io.foursight.querylanguages.promql.plan.StepInvariance;
import io.foursight.querylanguages.promql.series.AnnotationSink;
import io.foursight.querylanguages.promql.series.StepSeries;
import io.foursight.querylanguages.promql.series.Steps;
import io.foursight.querylanguages.stack.DeepStack;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/// Runs PromQL 3.14 over one [MetricsSource]. The Source is asked with the first tenant of the
/// request: one that reads several tenants as one wraps them. Safe from any thread; a query runs on
/// the thread that asks and, where it reads many series, on helpers; a deep one on a thread with a
/// larger stack for which the one that asks waits.
public final class PromqlEngine implements MetricsQueryRunner {
  private static final Executor NO_HELPERS =
      work -> {
        throw new RejectedExecutionException();
      };

  private final MetricsSource source;
  private final Executor helpers;

  /// Evaluates on the calling thread only.
  public PromqlEngine(MetricsSource source) {
    this(source, NO_HELPERS);
  }

  /// @param helpers starts a task at once on another thread, or throws
  ///   `RejectedExecutionException`; never queues it behind others
  public PromqlEngine(MetricsSource source, Executor helpers) {
    this.source = source;
    this.helpers = helpers;
  }

  @Override
  public MetricsQueryResult run(Request request) {
    return run(PromqlParser.parse(request.query(), request.options()), request);
  }

  /// Runs a tree whose positions are those of the request's text.
  MetricsQueryResult run(Expr expr, Request request) {
    int levels = expr.depth();
    long stack = DeepStack.bytes(levels);
    request.budget().charge(stack);
    try {
      return DeepStack.call(levels, () -> runHere(expr, request));
    } finally {
      request.budget().release(stack);
    }
  }

  private MetricsQueryResult runHere(Expr expr, Request request) {
    var annotations = new AnnotationSink(request.query());
    var top =
        request.isInstant()
            ? Steps.instant(request.startMillis())
            : new Steps(request.startMillis(), request.endMillis(), request.stepMillis());
    if (!request.isInstant()
        && expr.type() != ValueType.VECTOR
        && expr.type() != ValueType.SCALAR) {
      throw FoursightException.badData(
          "invalid expression type \""
              + expr.type().documented()
              + "\" for range query, must be Scalar or instant Vector");
    }
    var query =
        new QueryContext(
            source,
            request.tenants().isEmpty() ? TenantId.ANONYMOUS : request.tenants().getFirst(),
            top,
            !request.isInstant(),
            request.lookback().toMillis(),
            request.options(),
            request.budget(),
            annotations,
            helpers);
    try {
      Value value = evaluate(query, top.count() > 1 ? StepInvariance.wrap(expr) : expr);
      return new MetricsQueryResult(value, annotations.annotations());
    } catch (StackOverflowError e) {
      throw new FoursightException(
          ErrorKind.EXECUTION, "the query is nested too deeply to be evaluated", e);
    }
  }

  private static Value evaluate(QueryContext query, Expr expr) {
    Steps top = query.top();
    if (top.count() == 0) {
      return new Matrix(List.of());
    }
    // The series of a range query are sorted at the end.
    var evaluator = new Evaluator(query, top, query.rangeQuery());
    return switch (expr.type()) {
      case STRING -> new Text(top.startMillis(), Evaluator.text(expr));
      case SCALAR -> {
        double[] values = evaluator.scalar(expr);
        yield query.rangeQuery()
            ? new Matrix(
                List.of(
                    new RangeSeries(
                        Labels.EMPTY, columns(StepSeries.of(Labels.EMPTY, false, values), top))))
            : new Scalar(top.startMillis(), values[0]);
      }
      case VECTOR -> vector(query, evaluator.vector(expr).drain());
      case MATRIX -> ranges(query, evaluator.range(expr, Hints.NONE));
    };
  }

  private static Value vector(QueryContext query, List<StepSeries> all) {
    var named = new ArrayList<StepSeries>(all.size());
    for (StepSeries series : all) {
      if (!series.isEmpty()) {
        named.add(
            series.dropName()
                ? series.relabel(QueryContext.withoutMetadata(series.labels()), false)
                : series);
      }
    }
    // Also where no name was dropped: an operator may hand on equal labels that never share a step.
    List<StepSeries> merged = SeriesMerge.merge(named);
    if (!query.rangeQuery()) {
      return new Vector(
          merged.stream()
              .map(s -> new InstantSample(s.labels(), columns(s, query.top())))
              .toList());
    }
    return new Matrix(
        merged.stream()
            .sorted(Comparator.comparing(StepSeries::labels))
            .map(s -> new RangeSeries(s.labels(), columns(s, query.top())))
            .toList());
  }

  private static SampleColumns columns(StepSeries series, Steps steps) {
    var columns = new SampleColumns();
    for (int step = 0; step < series.steps(); step++) {
      if (series.isHistogram(step)) {
        columns.add(steps.time(step), 0, series.histogram(step).orElseThrow());
      } else if (series.isFloat(step)) {
        columns.add(steps.time(step), series.value(step));
      }
    }
    return columns;
  }

  /// The samples of a range vector at a single time.
  private static Value ranges(QueryContext query, Evaluator.Ranged ranged) {
    var result = new ArrayList<RangeSeries>();
    long end = ranged.line().time(0);
    long start = end - ranged.rangeMillis();
    try (var input = RangeInput.chained(ranged.inputs())) {
      while (input.next()) {
        query.budget().check();
        var all = new SampleColumns();
        input.samples(all);
        var inside = new SampleColumns();
        for (int row = 0; row < all.size(); row++) {
          boolean stale =
              all.isHistogram(row)
                  ? all.histogram(row).isStale()
                  : StepSeries.isAbsent(all.value(row));
          if (!stale && all.timestamp(row) > start && all.timestamp(row) <= end) {
            inside.addFrom(all, row);
          }
        }
        if (!inside.isEmpty()) {
          query.budget().chargeSamples(inside.size());
          Labels labels =
              input.dropName() ? QueryContext.withoutMetadata(input.labels()) : input.labels();
          result.add(new RangeSeries(labels, inside));
        }
      }
    }
    result.sort(Comparator.comparing(RangeSeries::labels));
    return new Matrix(result);
  }
}
