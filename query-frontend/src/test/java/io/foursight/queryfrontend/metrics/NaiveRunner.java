package io.foursight.queryfrontend.metrics;

import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.Annotations;
import io.foursight.model.metrics.MetricsQueryResult;
import io.foursight.model.metrics.MetricsQueryResult.InstantSample;
import io.foursight.model.metrics.MetricsQueryResult.Matrix;
import io.foursight.model.metrics.MetricsQueryResult.RangeSeries;
import io.foursight.model.metrics.MetricsQueryResult.Scalar;
import io.foursight.model.metrics.MetricsQueryResult.Vector;
import io.foursight.model.metrics.MetricsQueryRunner;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.querylanguages.promql.ast.DurationExpr;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.parse.PromqlParser;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/// Evaluates numbers and plain selectors with an offset, step by step.
final class NaiveRunner implements MetricsQueryRunner {
  private final MemorySource source;
  final AtomicLong steps = new AtomicLong();
  final AtomicLong runs = new AtomicLong();

  NaiveRunner(MemorySource source) {
    this.source = source;
  }

  @Override
  public MetricsQueryResult run(Request request) {
    runs.incrementAndGet();
    request.budget().check();
    Expr expr = PromqlParser.parse(request.query(), request.options());
    if (expr instanceof Expr.NumberLiteral n) {
      if (request.isInstant()) {
        return result(new Scalar(request.startMillis(), n.value()));
      }
      var samples = new SampleColumns();
      for (long t = request.startMillis(); t <= request.endMillis(); t += request.stepMillis()) {
        samples.add(t, n.value());
      }
      return result(new Matrix(List.of(new RangeSeries(Labels.EMPTY, samples))));
    }
    if (!(expr instanceof Expr.VectorSelector selector)) {
      throw new FoursightException(
          io.foursight.model.ErrorKind.EXECUTION, "not a number or selector: " + request.query());
    }
    long offset =
        selector.time().offset().map(d -> d.millis(DurationExpr.Use.OFFSET, 0, 0)).orElse(0L);
    var rows = new TreeMap<Labels, SampleColumns>();
    long step = Math.max(1, request.stepMillis());
    for (long t = request.startMillis(); t <= request.endMillis(); t += step) {
      steps.incrementAndGet();
      long at = t - offset;
      long now = t;
      at(request, selector.matchers(), at)
          .forEach((l, v) -> rows.computeIfAbsent(l, k -> new SampleColumns()).add(now, v));
    }
    if (request.isInstant()) {
      var samples = new ArrayList<InstantSample>();
      rows.forEach((l, s) -> samples.add(new InstantSample(l, s)));
      return result(new Vector(samples));
    }
    var series = new ArrayList<RangeSeries>();
    rows.forEach((l, s) -> series.add(new RangeSeries(l, s)));
    return result(new Matrix(series));
  }

  private TreeMap<Labels, Double> at(Request request, List<LabelMatcher> matchers, long at) {
    var found = new TreeMap<Labels, Double>();
    var range = new TimeRange(at - request.lookback().toMillis() + 1, at);
    try (var cursor =
        source.select(
            new MetricsSelect(request.tenants().getFirst(), range, matchers, request.budget()))) {
      var samples = new SampleColumns();
      while (cursor.next()) {
        cursor.samples(samples);
        found.put(cursor.labels(), samples.value(samples.size() - 1));
      }
    }
    return found;
  }

  private static MetricsQueryResult result(MetricsQueryResult.Value value) {
    return new MetricsQueryResult(value, Annotations.NONE);
  }
}
