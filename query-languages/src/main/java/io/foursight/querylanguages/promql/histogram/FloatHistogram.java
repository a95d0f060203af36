package io.foursight.querylanguages.promql.histogram;

import io.foursight.model.metrics.BucketBounds;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A native histogram to calculate with: sums are compensated, buckets without observations are not
/// kept. Mutable, owned by one thread; make one from a sample, work on it, take a sample out again.
///
/// Sums of two histograms take the coarser schema and the wider zero bucket, widened further where
/// it would cut a populated bucket; custom bounds become those that both have.
public final class FloatHistogram {
  private static final int[] NO_SPANS = {};
  private static final double[] NO_VALUES = {};

  /// What happened besides the arithmetic.
  ///
  /// @param reconciled whether different custom bounds were reduced to their intersection
  /// @param collision whether one side said "reset" and the other "no reset"
  public record Merge(boolean reconciled, boolean collision) {}

  ResetHint hint;
  int schema;
  double zeroThreshold;
  Compensated zeroCount;
  Compensated count;
  Compensated sum;
  Buckets positive;
  Buckets negative;
  double[] customValues;

  private FloatHistogram() {}

  public static FloatHistogram of(NativeHistogram h) {
    var f = new FloatHistogram();
    f.hint = h.resetHint();
    f.schema = h.schema();
    f.zeroThreshold = h.zeroThreshold();
    f.zeroCount = new Compensated(h.zeroCount());
    f.count = new Compensated(h.count());
    f.sum = new Compensated(h.sum());
    f.positive = Buckets.of(h.positiveSpans(), h.positiveBuckets());
    f.negative = Buckets.of(h.negativeSpans(), h.negativeBuckets());
    f.customValues = h.customValues();
    return f;
  }

  public FloatHistogram copy() {
    var f = new FloatHistogram();
    f.hint = hint;
    f.schema = schema;
    f.zeroThreshold = zeroThreshold;
    f.zeroCount = new Compensated(zeroCount);
    f.count = new Compensated(count);
    f.sum = new Compensated(sum);
    f.positive = positive.copy();
    f.negative = negative.copy();
    f.customValues = customValues;
    return f;
  }

  /// The value as a sample; buckets that are zero are left out.
  public NativeHistogram toNative() {
    return new NativeHistogram(
        false,
        hint,
        schema,
        zeroThreshold,
        zeroCount.value(),
        count.value(),
        sum.value(),
        positive.spans(),
        positive.values(),
        hasCustomBuckets() ? NO_SPANS : negative.spans(),
        hasCustomBuckets() ? NO_VALUES : negative.values(),
        customValues);
  }

  public boolean hasCustomBuckets() {
    return schema == NativeHistogram.CUSTOM_BUCKETS;
  }

  public double count() {
    return count.value();
  }

  public double sum() {
    return sum.value();
  }

  public FloatHistogram withHint(ResetHint other) {
    hint = other;
    return this;
  }

  /// Exponential and custom buckets cannot be added or subtracted.
  public boolean isCompatible(FloatHistogram other) {
    return hasCustomBuckets() == other.hasCustomBuckets();
  }

  /// Adds a compatible histogram; `other` is not changed.
  public Merge add(FloatHistogram other) {
    boolean collision = mergeHints(other.hint);
    return new Merge(merge(other, 1), collision);
  }

  /// Subtracts a compatible histogram; the result is a gauge.
  public Merge subtract(FloatHistogram other) {
    boolean collision = mergeHints(other.hint);
    hint = ResetHint.GAUGE;
    return new Merge(merge(other, -1), collision);
  }

  private boolean mergeHints(ResetHint other) {
    if (hint == other || hint == ResetHint.GAUGE) {
      return false;
    }
    if (other == ResetHint.GAUGE) {
      hint = ResetHint.GAUGE;
      return false;
    }
    boolean collision = hint != ResetHint.UNKNOWN && other != ResetHint.UNKNOWN;
    hint = ResetHint.UNKNOWN;
    return collision;
  }

  private boolean merge(FloatHistogram original, int sign) {
    if (!isCompatible(original)) {
      throw new IllegalArgumentException("exponential and custom buckets do not merge");
    }
    FloatHistogram other = original;
    boolean reconciled = false;
    if (hasCustomBuckets()) {
      if (!Arrays.equals(customValues, other.customValues)) {
        reconciled = true;
        double[] common = Layouts.intersection(customValues, other.customValues);
        other = original.copy();
        reduceTo(common);
        other.reduceTo(common);
      }
    } else if (schema != other.schema || zeroThreshold != other.zeroThreshold) {
      other = original.copy();
      Layouts.alignZero(this, other);
      int coarser = Math.min(schema, other.schema);
      reduceTo(coarser);
      other.reduceTo(coarser);
    }
    zeroCount.add(other.zeroCount, sign);
    count.add(other.count, sign);
    sum.add(other.sum, sign);
    positive = positive.plus(other.positive, sign);
    negative = negative.plus(other.negative, sign);
    return reconciled;
  }

  void reduceTo(int coarser) {
    int from = schema;
    if (from != coarser) {
      positive = positive.mapped(i -> BucketBounds.coarser(i, from, coarser));
      negative = negative.mapped(i -> BucketBounds.coarser(i, from, coarser));
      schema = coarser;
    }
  }

  void reduceTo(double[] bounds) {
    double[] old = customValues;
    positive =
        positive.mapped(i -> {
          if (i >= old.length) {
            return bounds.length;
          }
          int at = Arrays.binarySearch(bounds, old[i]);
          return at < 0 ? -at - 1 : at;
        });
    customValues = bounds;
  }

  /// A negative factor makes it a gauge.
  public FloatHistogram multiply(double factor) {
    zeroCount.multiply(factor);
    count.multiply(factor);
    sum.multiply(factor);
    positive.multiply(factor);
    negative.multiply(factor);
    if (factor < 0) {
      hint = ResetHint.GAUGE;
    }
    return this;
  }

  /// Division by zero leaves no buckets. A negative divisor makes it a gauge.
  public FloatHistogram divide(double divisor) {
    zeroCount.divide(divisor);
    count.divide(divisor);
    sum.divide(divisor);
    if (divisor == 0) {
      positive.clear();
      negative.clear();
    }
    positive.divide(divisor);
    negative.divide(divisor);
    if (divisor < 0) {
      hint = ResetHint.GAUGE;
    }
    return this;
  }

  /// Whether a count or the sum has become infinite.
  public boolean hasOverflow() {
    return zeroCount.isInfinite()
        || count.isInfinite()
        || sum.isInfinite()
        || positive.hasInfinite()
        || negative.hasInfinite();
  }

  /// All populated buckets, ascending, with the zero bucket between negative and positive ones
  /// unless its count is negative (a difference may have one). A bucket that reaches into the zero
  /// bucket starts where that ends.
  public List<Bucket> buckets() {
    return buckets(zeroCount.value() > 0, true);
  }

  /// The same, with the zero bucket whatever its sign, and each bucket with its own bounds.
  List<Bucket> rawBuckets() {
    return buckets(zeroCount.value() != 0, false);
  }

  private List<Bucket> buckets(boolean withZero, boolean cut) {
    var all = new ArrayList<Bucket>(positive.size() + negative.size() + 1);
    if (!hasCustomBuckets()) {
      for (int i = negative.size() - 1; i >= 0; i--) {
        Bucket b = positiveBucket(negative, i);
        b = cut ? aboveZeroBucket(b) : b;
        all.add(new Bucket(-b.upper(), -b.lower(), b.count()));
      }
      if (withZero) {
        all.add(zeroBucket());
      }
    }
    for (int i = 0; i < positive.size(); i++) {
      Bucket b = positiveBucket(positive, i);
      all.add(cut && !hasCustomBuckets() ? aboveZeroBucket(b) : b);
    }
    all.removeIf(b -> b.count() == 0);
    return all;
  }

  Bucket positiveBucket(Buckets side, int i) {
    int index = side.index(i);
    return new Bucket(upperBound(index - 1), upperBound(index), side.count(i));
  }

  private Bucket aboveZeroBucket(Bucket b) {
    boolean overlaps = b.lower() < zeroThreshold && zeroThreshold < b.upper();
    return overlaps ? new Bucket(zeroThreshold, b.upper(), b.count()) : b;
  }

  Bucket zeroBucket() {
    return new Bucket(-zeroThreshold, zeroThreshold, zeroCount.value());
  }

  /// The upper bound of a positive bucket.
  double upperBound(int index) {
    if (!hasCustomBuckets()) {
      return BucketBounds.exponential(index, schema);
    }
    return BucketBounds.custom(index, customValues);
  }
}
