package io.foursight.querylanguages.logql.eval;

import io.foursight.model.logs.LogsDeletions.Deletion;
import io.foursight.model.logs.LogsQueryResult;
import io.foursight.model.logs.LogsQueryResult.Matrix;
import io.foursight.model.logs.LogsQueryResult.Sample;
import io.foursight.model.logs.LogsQueryResult.Scalar;
import io.foursight.model.logs.LogsQueryResult.Series;
import io.foursight.model.logs.LogsQueryResult.Statistics;
import io.foursight.model.logs.LogsQueryResult.Stream;
import io.foursight.model.logs.LogsQueryResult.Streams;
import io.foursight.model.logs.LogsQueryResult.Value;
import io.foursight.model.logs.LogsQueryResult.Vector;
import io.foursight.model.logs.LogsQueryRunner;
import io.foursight.model.logs.LogsSource;
import io.foursight.querylanguages.logql.ast.Expr;
import io.foursight.querylanguages.logql.ast.Expr.LogQuery;
import io.foursight.querylanguages.logql.ast.Expr.Metric;
import io.foursight.querylanguages.logql.ast.Expr.NumberLiteral;
import io.foursight.querylanguages.logql.ast.Expr.VectorAggregation;
import io.foursight.querylanguages.logql.parse.LogqlParser;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;

/// Evaluates LogQL over one Source. Evaluations run on the calling thread and, as far as they are
/// free, on helpers. Immutable; safe from any thread.
///
/// Log queries answer entries of `[start, end)`; metric queries the steps of `[start, end]`, each
/// over the window `(step - range, step]`.
public final class LogqlEngine implements LogsQueryRunner {
  private final LogsSource source;
  private final List<Deletion> deletions;
  private final Executor helpers;

  /// Without deletions and helpers.
  public LogqlEngine(LogsSource source) {
    this(
        source,
        List.of(),
        task -> {
          throw new RejectedExecutionException();
        });
  }

  /// @param deletions what queries must not show
  /// @param helpers starts a task at once or rejects it
  public LogqlEngine(LogsSource source, List<Deletion> deletions, Executor helpers) {
    this.source = source;
    this.deletions = List.copyOf(deletions);
    this.helpers = helpers;
  }

  @Override
  public LogsQueryResult run(Request request) {
    Expr expr = LogqlParser.parse(request.query());
    var clock = Clock.systemUTC();
    var context =
        new EvaluationContext(
            source,
            request.tenants().getFirst(),
            request.budget(),
            deletions.stream().map(d -> new HiddenEntries(d, clock)).toList(),
            clock,
            helpers,
            new EvaluationContext.Touched());
    var warnings = new ArrayList<String>();
    Value value =
        switch (expr) {
          case LogQuery query -> new Streams(LogEvaluation.run(query, request, context));
          case Metric metric -> metric(metric, request, context, warnings);
        };
    var statistics =
        new Statistics(context.touched().scanned(), context.touched().passed(), size(value));
    return new LogsQueryResult(value, warnings, statistics);
  }

  private static Value metric(
      Metric expr, Request request, EvaluationContext context, List<String> warnings) {
    var steps = new StepTimes(request.startNanos(), request.endNanos(), request.stepNanos());
    if (expr instanceof NumberLiteral number && steps.isInstant()) {
      return new Scalar(request.startNanos(), number.value());
    }
    List<SampleSeries> series =
        new MetricEvaluator(new RangeAggregations(context, steps), steps).vector(expr);
    if (request.maxSeries() > 0 && series.size() > request.maxSeries()) {
      if (!request.maxSeriesPartial()) {
        throw SeriesLimit.exceeded(request.maxSeries());
      }
      warnings.add(SeriesLimit.warning(request.maxSeries()));
      series = sortedByLabels(series).subList(0, request.maxSeries());
    }
    return steps.isInstant() ? vector(expr, series, steps) : matrix(series, steps);
  }

  private static List<SampleSeries> sortedByLabels(List<SampleSeries> series) {
    return series.stream().sorted(Comparator.comparing(SampleSeries::labels)).toList();
  }

  private static Vector vector(Metric expr, List<SampleSeries> series, StepTimes steps) {
    List<SampleSeries> ordered = isOrdered(expr) ? series : sortedByLabels(series);
    return new Vector(
        ordered.stream()
            .filter(s -> s.has(0))
            .map(s -> new Sample(s.labels(), steps.startNanos(), s.values()[0]))
            .toList());
  }

  /// Whether the order of the elements is part of the answer.
  private static boolean isOrdered(Metric expr) {
    return expr instanceof VectorAggregation a
        && switch (a.operator()) {
          case SORT, SORT_DESC, TOPK, BOTTOMK, APPROX_TOPK -> true;
          default -> false;
        };
  }

  private static Matrix matrix(List<SampleSeries> series, StepTimes steps) {
    var out = new ArrayList<Series>(series.size());
    for (SampleSeries each : sortedByLabels(series)) {
      int[] present = IntStream.range(0, steps.count()).filter(each::has).toArray();
      if (present.length > 0) {
        out.add(
            new Series(
                each.labels(),
                Arrays.stream(present).mapToLong(steps::time).toArray(),
                Arrays.stream(present).mapToDouble(i -> each.values()[i]).toArray()));
      }
    }
    return new Matrix(out);
  }

  private static long size(Value value) {
    return switch (value) {
      case Streams streams -> {
        long entries = 0;
        for (Stream stream : streams.streams()) {
          entries += stream.entries().size();
        }
        yield entries;
      }
      case Vector vector -> vector.samples().size();
      case Matrix matrix -> matrix.series().stream().mapToLong(s -> s.values().length).sum();
      case Scalar scalar -> 1;
    };
  }
}
