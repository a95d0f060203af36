package io.foursight.querylanguages.promql.eval;

import io.foursight.model.Labels;
import io.foursight.model.metrics.MetricsQueryResult.InstantSample;
import io.foursight.model.metrics.MetricsQueryResult.Matrix;
import io.foursight.model.metrics.MetricsQueryResult.RangeSeries;
import io.foursight.model.metrics.MetricsQueryResult.Value;
import io.foursight.model.metrics.MetricsQueryResult.Vector;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.StaleMarker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Compares results with what a script expects.
final class Comparison {
  private static final double EPSILON = 1e-6;

  private Comparison() {}

  static boolean almostEqual(double a, double b) {
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return Double.isNaN(a) && Double.isNaN(b) && StaleMarker.isStale(a) == StaleMarker.isStale(b);
    }
    if (a == b) {
      return true;
    }
    double sum = Math.abs(a) + Math.abs(b);
    double difference = Math.abs(a - b);
    if (a == 0 || b == 0 || sum < Double.MIN_NORMAL) {
      return difference < EPSILON * Double.MIN_NORMAL;
    }
    return difference / Math.min(sum, Double.MAX_VALUE) < EPSILON;
  }

  static boolean almostEqual(ScriptValues.Value expected, SampleColumns actual, int row) {
    if (expected.histogram().isEmpty()) {
      return !actual.isHistogram(row) && almostEqual(expected.value(), actual.value(row));
    }
    return actual.isHistogram(row)
        && almostEqual(expected.histogram().get(), expected.hinted(), actual.histogram(row));
  }

  private static boolean almostEqual(NativeHistogram e, boolean hinted, NativeHistogram a) {
    return e.schema() == a.schema()
        && (e.zeroThreshold() == a.zeroThreshold() || e.hasCustomBuckets())
        && almostEqual(e.count(), a.count())
        && almostEqual(e.sum(), a.sum())
        && almostEqual(e.zeroCount(), a.zeroCount())
        && (!e.hasCustomBuckets() || Arrays.equals(e.customValues(), a.customValues()))
        && almostEqual(
            buckets(e.positiveSpans(), e.positiveBuckets()),
            buckets(a.positiveSpans(), a.positiveBuckets()))
        && almostEqual(
            buckets(e.negativeSpans(), e.negativeBuckets()),
            buckets(a.negativeSpans(), a.negativeBuckets()))
        && (!hinted || e.resetHint() == a.resetHint());
  }

  private static TreeMap<Integer, Double> buckets(int[] spans, double[] counts) {
    var out = new TreeMap<Integer, Double>();
    int index = 0;
    int next = 0;
    for (int s = 0; s < spans.length; s += 2) {
      index += spans[s];
      for (int i = 0; i < spans[s + 1]; i++) {
        if (counts[next] != 0) {
          out.put(index, counts[next]);
        }
        next++;
        index++;
      }
    }
    return out;
  }

  private static boolean almostEqual(Map<Integer, Double> a, Map<Integer, Double> b) {
    return a.keySet().equals(b.keySet())
        && a.entrySet().stream().allMatch(e -> almostEqual(e.getValue(), b.get(e.getKey())));
  }

  static String vector(
      Map<Labels, List<Optional<ScriptValues.Value>>> expected,
      List<InstantSample> actual,
      boolean ordered) {
    var got = new TreeMap<Labels, InstantSample>();
    for (InstantSample sample : actual) {
      if (got.put(sample.labels(), sample) != null) {
        return "twice " + sample.labels();
      }
    }
    if (!got.keySet().equals(new TreeMap<>(expected).keySet())) {
      return "got " + shown(new Vector(actual)) + "\n    expected " + expected;
    }
    for (var e : expected.entrySet()) {
      if (!almostEqual(e.getValue().getFirst().orElseThrow(), got.get(e.getKey()).samples(), 0)) {
        return "got " + shown(new Vector(actual)) + "\n    expected " + expected;
      }
    }
    if (ordered
        && !actual.stream()
            .map(InstantSample::labels)
            .toList()
            .equals(new ArrayList<>(expected.keySet()))) {
      return "got in the order " + shown(new Vector(actual)) + "\n    expected " + expected;
    }
    return "";
  }

  static String ranges(
      Map<Labels, List<Optional<ScriptValues.Value>>> expected,
      Matrix actual,
      long start,
      long step) {
    var got = new TreeMap<Labels, RangeSeries>();
    Labels previous = null;
    for (RangeSeries series : actual.series()) {
      if (previous != null && previous.compareTo(series.labels()) >= 0) {
        return "not sorted by labels: " + shown(actual);
      }
      previous = series.labels();
      got.put(series.labels(), series);
    }
    var wanted = new TreeMap<Labels, List<Optional<ScriptValues.Value>>>(expected);
    wanted.values().removeIf(values -> values.stream().allMatch(Optional::isEmpty));
    if (!got.keySet().equals(wanted.keySet())) {
      return "got " + shown(actual) + "\n    expected " + expected;
    }
    for (var e : wanted.entrySet()) {
      SampleColumns samples = got.get(e.getKey()).samples();
      int row = 0;
      for (int i = 0; i < e.getValue().size(); i++) {
        if (e.getValue().get(i).isEmpty()) {
          continue;
        }
        if (row >= samples.size()
            || samples.timestamp(row) != start + i * step
            || !almostEqual(e.getValue().get(i).get(), samples, row)) {
          return "at "
              + i
              + " of "
              + e.getKey()
              + " got "
              + shown(actual)
              + "\n    expected "
              + expected;
        }
        row++;
      }
      if (row != samples.size()) {
        return "more points in " + e.getKey() + ": " + shown(actual) + "\n    expected " + expected;
      }
    }
    return "";
  }

  static String shown(Value value) {
    return switch (value) {
      case Vector v -> {
        var out = new StringBuilder();
        v.samples().forEach(s -> out.append(s.labels()).append(shown(s.samples())).append("; "));
        yield out.toString();
      }
      case Matrix m -> {
        var out = new StringBuilder();
        m.series().forEach(s -> out.append(s.labels()).append(shown(s.samples())).append("; "));
        yield out.toString();
      }
      default -> value.toString();
    };
  }

  private static String shown(SampleColumns samples) {
    var out = new StringBuilder();
    for (int row = 0; row < samples.size(); row++) {
      out.append(' ').append(samples.timestamp(row) / 1000.0).append('=');
      if (samples.isHistogram(row)) {
        NativeHistogram h = samples.histogram(row);
        out.append("{{schema:" + h.schema() + " count:" + h.count() + " sum:" + h.sum());
        out.append(" z:" + h.zeroCount() + "/" + h.zeroThreshold() + " " + h.resetHint());
        out.append(" " + buckets(h.positiveSpans(), h.positiveBuckets()));
        out.append(" n" + buckets(h.negativeSpans(), h.negativeBuckets()));
        out.append(" " + Arrays.toString(h.customValues()) + "}}");
      } else {
        out.append(samples.value(row));
      }
    }
    return out.toString();
  }
}
