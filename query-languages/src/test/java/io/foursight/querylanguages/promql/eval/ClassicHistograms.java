package io.foursight.querylanguages.promql.eval;

import io.foursight.model.Labels;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

/// Builds histograms with custom buckets from the classic series of one `load_with_nhcb` block.
final class ClassicHistograms {
  private static final class Parts {
    private final TreeMap<Double, Double> buckets = new TreeMap<>();
    private Double count;
    private double sum;
  }

  private final Map<Labels, TreeMap<Long, Parts>> parts = new TreeMap<>();

  void add(Labels labels, long time, double value) {
    String name = labels.metricName();
    if (name.endsWith("_bucket")) {
      double le;
      try {
        le = ScriptValues.number(labels.get("le"));
      } catch (NumberFormatException e) {
        return;
      }
      if (!Double.isNaN(le)) {
        parts(labels.drop("le"), name, "_bucket", time).buckets.put(le, value);
      }
    } else if (name.endsWith("_count")) {
      parts(labels, name, "_count", time).count = value;
    } else if (name.endsWith("_sum")) {
      parts(labels, name, "_sum", time).sum = value;
    }
  }

  private Parts parts(Labels labels, String name, String suffix, long time) {
    String base = name.substring(0, name.length() - suffix.length());
    return parts
        .computeIfAbsent(labels.with(Labels.METRIC_NAME, base), _ -> new TreeMap<>())
        .computeIfAbsent(time, _ -> new Parts());
  }

  void loadInto(ScriptStore store) {
    parts.forEach((labels, times) ->
        times.forEach(
            (time, p) -> store.add(labels, time, new ScriptStore.Sample(0, histogram(p), 0))));
  }

  private static NativeHistogram histogram(Parts p) {
    var bounds = new ArrayList<Double>();
    var counts = new ArrayList<Double>();
    double before = 0;
    for (var e : p.buckets.entrySet()) {
      if (!Double.isInfinite(e.getKey())) {
        bounds.add(e.getKey());
      }
      counts.add(e.getValue() - before);
      before = e.getValue();
    }
    double count = p.count != null ? p.count : before;
    if (!p.buckets.containsKey(Double.POSITIVE_INFINITY)) {
      counts.add(count - before);
    }
    double[] buckets = counts.stream().mapToDouble(d -> d).toArray();
    return new NativeHistogram(
        false,
        ResetHint.UNKNOWN,
        NativeHistogram.CUSTOM_BUCKETS,
        0,
        0,
        count,
        p.sum,
        new int[] {0, buckets.length},
        buckets,
        new int[0],
        new double[0],
        bounds.stream().mapToDouble(d -> d).toArray());
  }
}
