package io.foursight.querylanguages.promql.histogram;

import io.foursight.model.metrics.NativeHistogram.ResetHint;
import java.util.Arrays;

/// Bringing two bucket layouts together, and telling counter resets.
final class Layouts {
  private Layouts() {}

  /// The custom bounds that both have.
  static double[] intersection(double[] a, double[] b) {
    var common = new double[Math.min(a.length, b.length)];
    int n = 0;
    int i = 0;
    int j = 0;
    while (i < a.length && j < b.length) {
      if (a[i] == b[j]) {
        common[n++] = a[i];
        i++;
        j++;
      } else if (a[i] < b[j]) {
        i++;
      } else {
        j++;
      }
    }
    return Arrays.copyOf(common, n);
  }

  /// Widens the zero buckets of both until they are equal and cut no populated bucket.
  static void alignZero(FloatHistogram a, FloatHistogram b) {
    while (a.zeroThreshold != b.zeroThreshold) {
      widenZero(
          a.zeroThreshold < b.zeroThreshold ? a : b, Math.max(a.zeroThreshold, b.zeroThreshold));
    }
  }

  /// Widens the zero bucket to at least `threshold`.
  static void widenZero(FloatHistogram h, double threshold) {
    double wide = threshold;
    boolean changed = true;
    while (changed) {
      double wider = Math.max(reach(h, h.positive, wide), reach(h, h.negative, wide));
      changed = wider > wide;
      wide = wider;
    }
    absorb(h, h.positive, wide);
    absorb(h, h.negative, wide);
    h.zeroThreshold = wide;
  }

  /// The end of the populated bucket that `threshold` cuts, or `threshold`.
  private static double reach(FloatHistogram h, Buckets side, double threshold) {
    for (int i = 0; i < side.size(); i++) {
      Bucket b = h.positiveBucket(side, i);
      if (b.lower() >= threshold) {
        break;
      }
      if (b.upper() > threshold && b.count() != 0) {
        return b.upper();
      }
    }
    return threshold;
  }

  private static void absorb(FloatHistogram h, Buckets side, double threshold) {
    int n = 0;
    while (n < side.size() && h.positiveBucket(side, n).lower() < threshold) {
      h.zeroCount.add(side.count(n++));
    }
    side.dropFirst(n);
  }

  /// Whether a counter was reset between two samples of a series.
  static boolean isReset(FloatHistogram previous, FloatHistogram current) {
    if (current.hint == ResetHint.RESET) {
      return true;
    }
    if (current.hint == ResetHint.NOT_RESET) {
      return false;
    }
    if (current.count.value() < previous.count.value()
        || current.hasCustomBuckets() != previous.hasCustomBuckets()) {
      return true;
    }
    FloatHistogram before = previous.copy();
    if (current.hasCustomBuckets()) {
      FloatHistogram after = current;
      if (!Arrays.equals(before.customValues, current.customValues)) {
        after = current.copy();
        double[] common = intersection(before.customValues, after.customValues);
        before.reduceTo(common);
        after.reduceTo(common);
      }
      return isBelow(after.positive, before.positive);
    }
    if (current.schema > before.schema || current.zeroThreshold < before.zeroThreshold) {
      return true;
    }
    if (before.zeroThreshold < current.zeroThreshold) {
      widenZero(before, current.zeroThreshold);
    }
    if (before.zeroThreshold != current.zeroThreshold
        || current.zeroCount.value() < before.zeroCount.value()) {
      return true;
    }
    before.reduceTo(current.schema);
    return isBelow(current.positive, before.positive) || isBelow(current.negative, before.negative);
  }

  private static boolean isBelow(Buckets after, Buckets before) {
    for (int i = 0; i < before.size(); i++) {
      double was = before.count(i);
      double is = after.at(before.index(i));
      // A populated bucket that is gone tells a reset, also where it was below zero.
      if (is < was || (is == 0 && was != 0)) {
        return true;
      }
    }
    return false;
  }
}
