package io.foursight.querylanguages.promql.histogram;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.querylanguages.text.GoFloats;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// Operators on samples; results are new samples without empty buckets. Stateless.
public final class HistogramMath {
  /// @param reconciled whether custom bounds differed and were intersected
  /// @param collision whether the hints about counter resets contradicted each other
  public record Sum(NativeHistogram histogram, boolean reconciled, boolean collision) {}

  private HistogramMath() {}

  /// Empty when one has exponential and the other custom buckets.
  public static Optional<Sum> add(NativeHistogram a, NativeHistogram b) {
    var left = FloatHistogram.of(a);
    var right = FloatHistogram.of(b);
    return left.isCompatible(right) ? Optional.of(sum(left, left.add(right))) : Optional.empty();
  }

  /// The result is a gauge. Empty when one has exponential and the other custom buckets.
  public static Optional<Sum> subtract(NativeHistogram a, NativeHistogram b) {
    var left = FloatHistogram.of(a);
    var right = FloatHistogram.of(b);
    return left.isCompatible(right)
        ? Optional.of(sum(left, left.subtract(right)))
        : Optional.empty();
  }

  private static Sum sum(FloatHistogram h, FloatHistogram.Merge merge) {
    return new Sum(h.toNative(), merge.reconciled(), merge.collision());
  }

  /// A negative factor makes a gauge of it.
  public static NativeHistogram multiply(NativeHistogram h, double factor) {
    return FloatHistogram.of(h).multiply(factor).toNative();
  }

  /// A negative divisor makes a gauge of it; zero removes all buckets.
  public static NativeHistogram divide(NativeHistogram h, double divisor) {
    return FloatHistogram.of(h).divide(divisor).toNative();
  }

  /// The operators `</` (`upper`: keeps what lies below the bound) and `>/`.
  public static NativeHistogram trim(NativeHistogram h, double bound, boolean upper) {
    return Trim.of(h, bound, upper);
  }

  /// Whether a counter was reset between two samples of a series, by hint or by content.
  public static boolean isReset(NativeHistogram previous, NativeHistogram current) {
    return Layouts.isReset(FloatHistogram.of(previous), FloatHistogram.of(current));
  }

  /// Equal in everything but the reset hint, empty buckets aside; NaN equals itself.
  public static boolean equal(NativeHistogram a, NativeHistogram b) {
    return a.schema() == b.schema()
        && same(a.count(), b.count())
        && same(a.sum(), b.sum())
        && same(a.zeroCount(), b.zeroCount())
        && (a.hasCustomBuckets() || a.zeroThreshold() == b.zeroThreshold())
        && Arrays.equals(a.customValues(), b.customValues())
        && sameBuckets(
            Buckets.of(a.positiveSpans(), a.positiveBuckets()),
            Buckets.of(b.positiveSpans(), b.positiveBuckets()))
        && sameBuckets(
            Buckets.of(a.negativeSpans(), a.negativeBuckets()),
            Buckets.of(b.negativeSpans(), b.negativeBuckets()));
  }

  private static boolean sameBuckets(Buckets a, Buckets b) {
    return Arrays.equals(a.spans(), b.spans()) && Arrays.equals(a.values(), b.values());
  }

  private static boolean same(double a, double b) {
    return a == b || (Double.isNaN(a) && Double.isNaN(b));
  }

  /// `{count:4, sum:5, [-2,-1):1, [-0.001,0.001]:1, (1,2]:2}`: as `count_values` writes a histogram
  /// into a label.
  public static String text(NativeHistogram h) {
    var parts = new ArrayList<String>();
    parts.add("count:" + GoFloats.general(h.count()));
    parts.add("sum:" + GoFloats.general(h.sum()));
    for (Bucket b : FloatHistogram.of(h).rawBuckets()) {
      boolean zero = !h.hasCustomBuckets() && b.lower() <= 0 && b.upper() >= 0;
      boolean negative = !h.hasCustomBuckets() && b.upper() < 0;
      boolean first = b.lower() == Double.NEGATIVE_INFINITY;
      parts.add(
          (zero || negative || first ? "[" : "(")
              + GoFloats.general(b.lower())
              + ","
              + GoFloats.general(b.upper())
              + (negative ? "):" : "]:")
              + GoFloats.general(b.count()));
    }
    return parts.stream().collect(Collectors.joining(", ", "{", "}"));
  }
}
