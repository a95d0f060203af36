package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.QueryBudget;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TracesQueryRunner.Found;
import io.foursight.model.traces.TracesQueryRunner.Metrics;
import io.foursight.model.traces.TracesQueryRunner.MetricsFound;
import io.foursight.model.traces.TracesQueryRunner.Search;
import io.foursight.model.traces.TracesQueryRunner.Tags;
import io.foursight.model.traces.TracesSeries;
import io.foursight.model.traces.TracesSource;
import io.foursight.model.traces.TracesTags;
import io.foursight.querylanguages.stack.DeepStack;
import io.foursight.querylanguages.traceql.ast.Metric;
import io.foursight.querylanguages.traceql.ast.Pipeline;
import io.foursight.querylanguages.traceql.ast.Query;
import io.foursight.querylanguages.traceql.parse.TraceqlParser;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Evaluates TraceQL over one Source, on the calling thread. Immutable; safe from any thread. Which
/// exceptions: see [io.foursight.model.traces.TracesQueryRunner].
public final class TraceqlEngine {
  private final TracesSource source;

  public TraceqlEngine(TracesSource source) {
    this.source = source;
  }

  /// The newest traces that match, exactly. A trace matches when the query, evaluated over the
  /// whole trace, leaves a span that lies in the range; the latest start of such a span is its age
  /// (equal ones by id).
  ///
  /// @param progress gets traces as they are found; few of them may be missing in the answer, when
  ///   newer ones turned up
  public Found search(Search search, Consumer<Found> progress) {
    Query query = TraceqlParser.parseSearch(search.query());
    return deep(
        query,
        search.budget(),
        () -> new TraceSearch(source, (Pipeline) query.expr(), search, progress).run());
  }

  /// Series, ascending by their labels.
  public MetricsFound metrics(Metrics metrics) {
    Query query = TraceqlParser.parseMetric(metrics.query());
    Metrics hinted = hinted(metrics, query);
    return deep(query, metrics.budget(), () -> metrics(hinted, (Metric) query.expr()));
  }

  private MetricsFound metrics(Metrics metrics, Metric metric) {
    var evaluation = new MetricEvaluation(source, metrics);
    List<StepSeries> all =
        evaluation.series(metric).stream().sorted(Comparator.comparing(StepSeries::text)).toList();
    boolean cut = metrics.maxSeries() > 0 && all.size() > metrics.maxSeries();
    var shown = (cut ? all.subList(0, metrics.maxSeries()) : all).stream();
    return new MetricsFound(
        shown.map(s -> series(s, evaluation.steps())).toList(),
        cut
            ? "response exceeds maximum series of "
                + metrics.maxSeries()
                + ": it has "
                + all.size()
                + ", a partial response is returned"
            : "",
        evaluation.stats());
  }

  private static Metrics hinted(Metrics metrics, Query query) {
    int exemplars =
        switch (query.hint("exemplars").orElse(new SpanValue.Nil())) {
          case SpanValue.Bool(boolean wanted) -> wanted ? metrics.exemplars() : 0;
          case SpanValue.Int(long n) -> (int) Math.clamp(n, 0, metrics.exemplars());
          default -> metrics.exemplars();
        };
    return new Metrics(
        metrics.tenants(),
        metrics.query(),
        metrics.startNanos(),
        metrics.endNanos(),
        metrics.stepNanos(),
        exemplars,
        metrics.maxSeries(),
        metrics.budget());
  }

  private static TracesSeries series(StepSeries series, Steps steps) {
    int[] present =
        IntStream.range(0, series.values().length)
            .filter(i -> !Double.isNaN(series.values()[i]))
            .toArray();
    return new TracesSeries(
        series.labels(),
        IntStream.of(present).mapToLong(steps::millis).toArray(),
        IntStream.of(present).mapToDouble(i -> series.values()[i]).toArray(),
        series.exemplars());
  }

  /// Names of attributes of spans that may satisfy the conditions of a query, finished or not.
  public List<TracesTags> tagNames(Tags tags) {
    return new TagQuery(source, tags).names();
  }

  /// Values of a field of such spans.
  ///
  /// @param identifier `resource.service.name`, `.x`, `name`, `event:name`, ...
  public List<SpanValue> tagValues(String identifier, Tags tags) {
    return new TagQuery(source, tags).values(TraceqlParser.parseIdentifier(identifier));
  }

  private static <T> T deep(Query query, QueryBudget budget, Supplier<T> work) {
    long bytes = DeepStack.bytes(query.depth());
    budget.charge(bytes);
    try {
      return DeepStack.call(query.depth(), work);
    } finally {
      budget.release(bytes);
    }
  }
}
