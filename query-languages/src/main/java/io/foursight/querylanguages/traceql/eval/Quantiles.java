package io.foursight.querylanguages.traceql.eval;

import java.util.Map;
import java.util.TreeMap;

/// Quantiles of counts in buckets that end at powers of two, exponentially interpolated within a
/// bucket: as many values as the quantile asks for, rounded up, at least one.
final class Quantiles {
  private Quantiles() {}

  /// NaN at steps without values.
  static double[] of(double quantile, TreeMap<Integer, double[]> buckets, int steps) {
    var out = new double[steps];
    for (int step = 0; step < steps; step++) {
      out[step] = at(quantile, buckets, step);
    }
    return out;
  }

  private static double at(double quantile, TreeMap<Integer, double[]> buckets, int step) {
    double total = 0;
    for (double[] counts : buckets.values()) {
      total += counts[step];
    }
    if (total == 0) {
      return Double.NaN;
    }
    double wanted = Math.max(1, Math.ceil(quantile * total));
    double below = 0;
    double previous = Double.NaN;
    for (Map.Entry<Integer, double[]> bucket : buckets.entrySet()) {
      double count = bucket.getValue()[step];
      double bound = PartialSeries.bound(bucket.getKey());
      if (count > 0) {
        if (below + count == wanted) {
          return bound;
        }
        if (below + count > wanted) {
          double low = Double.isNaN(previous) ? bound / 2 : previous;
          double fraction = (wanted - below) / count;
          return low <= 0 ? bound * fraction : low * Math.pow(bound / low, fraction);
        }
        below += count;
        previous = bound;
      }
    }
    return previous;
  }
}
