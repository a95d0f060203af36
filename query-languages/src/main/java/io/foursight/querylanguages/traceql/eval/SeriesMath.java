package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.traces.FoundTrace.Attribute;
import io.foursight.model.traces.SpanValue;
import io.foursight.querylanguages.traceql.ast.FieldOperator;
import io.foursight.querylanguages.traceql.ast.Metric;
import io.foursight.querylanguages.traceql.plan.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.stream.IntStream;

/// What happens to series once they are made.
final class SeriesMath {
  private SeriesMath() {}

  static List<StepSeries> keep(List<StepSeries> series, Metric.Keep keep) {
    return series.stream()
        .map(s ->
            s.with(
                Arrays.stream(s.values())
                    .map(v ->
                        !Double.isNaN(v) && Numbers.test(keep.operator(), v, keep.value())
                            ? v
                            : Double.NaN)
                    .toArray()))
        .filter(s -> !s.isEmpty())
        .toList();
  }

  /// Step by step; of equal values the series that comes first by its labels.
  static List<StepSeries> top(List<StepSeries> series, Metric.Top top) {
    if (series.isEmpty()) {
      return series;
    }
    List<StepSeries> sorted =
        series.stream().sorted(Comparator.comparing(StepSeries::text)).toList();
    int steps = sorted.getFirst().values().length;
    double sign = top.bottom() ? 1 : -1;
    var kept = new ArrayList<double[]>();
    for (StepSeries each : sorted) {
      double[] gaps = new double[each.values().length];
      Arrays.fill(gaps, Double.NaN);
      kept.add(gaps);
    }
    for (int i = 0; i < steps; i++) {
      int step = i;
      IntStream.range(0, sorted.size())
          .filter(s -> !Double.isNaN(sorted.get(s).values()[step]))
          .boxed()
          .sorted(Comparator.comparingDouble(s -> sign * sorted.get(s).values()[step]))
          .limit(top.limit())
          .forEach(s -> kept.get(s)[step] = sorted.get(s).values()[step]);
    }
    return IntStream.range(0, sorted.size())
        .mapToObj(s -> sorted.get(s).with(kept.get(s)))
        .filter(s -> !s.isEmpty())
        .toList();
  }

  static List<StepSeries> scalar(
      FieldOperator operator, List<StepSeries> series, double number, boolean numberFirst) {
    return series.stream()
        .map(s ->
            s.with(
                Arrays.stream(s.values())
                    .map(v -> numberFirst ? apply(operator, number, v) : apply(operator, v, number))
                    .toArray()))
        .filter(s -> !s.isEmpty())
        .toList();
  }

  /// Series of equal labels; a single series without labels goes with all of the other side.
  static List<StepSeries> join(
      FieldOperator operator, List<StepSeries> left, List<StepSeries> right) {
    boolean leftBare = isBare(left);
    boolean rightBare = isBare(right);
    var out = new ArrayList<StepSeries>();
    if (leftBare != rightBare && (leftBare || rightBare)) {
      for (StepSeries each : leftBare ? right : left) {
        StepSeries l = leftBare ? left.getFirst() : each;
        StepSeries r = leftBare ? each : right.getFirst();
        out.add(each.with(values(operator, l, r)));
      }
    } else {
      var byKey = new HashMap<String, StepSeries>();
      right.forEach(r -> byKey.put(r.key(), r));
      for (StepSeries l : left) {
        StepSeries r = byKey.get(l.key());
        if (r != null) {
          out.add(new StepSeries(labels(operator, l, r), values(operator, l, r), l.exemplars()));
        }
      }
    }
    out.removeIf(StepSeries::isEmpty);
    return out;
  }

  private static boolean isBare(List<StepSeries> series) {
    return series.size() == 1 && series.getFirst().key().isEmpty();
  }

  private static List<Attribute> labels(FieldOperator operator, StepSeries l, StepSeries r) {
    if (l.name().isEmpty()) {
      return l.labels();
    }
    String name = "(" + l.name() + " " + operator.text() + " " + r.name() + ")";
    return l.labels().stream()
        .map(a ->
            a.key().equals(StepSeries.NAME)
                ? new Attribute(StepSeries.NAME, new SpanValue.Text(name))
                : a)
        .toList();
  }

  private static double[] values(FieldOperator operator, StepSeries l, StepSeries r) {
    var out = new double[l.values().length];
    for (int i = 0; i < out.length; i++) {
      out[i] = apply(operator, l.values()[i], r.values()[i]);
    }
    return out;
  }

  /// NaN for a gap on either side, and for what has no value.
  private static double apply(FieldOperator operator, double l, double r) {
    double value =
        switch (operator) {
          case ADD -> l + r;
          case SUBTRACT -> l - r;
          case MULTIPLY -> l * r;
          default -> l / r;
        };
    return Double.isFinite(value) ? value : Double.NaN;
  }
}
