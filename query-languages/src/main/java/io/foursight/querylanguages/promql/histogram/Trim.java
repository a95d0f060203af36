package io.foursight.querylanguages.promql.histogram;

import io.foursight.model.metrics.NativeHistogram;

/// `h </ bound` and `h >/ bound`: the observations below or above a bound. What cannot be known is
/// left out: those below the first custom bound when trimming from below, those above the last one
/// when trimming from above. If anything is cut, the sum becomes the sum of the kept buckets'
/// middles.
final class Trim {
  private final NativeHistogram original;
  private final double bound;
  private final boolean upper;
  private final FloatHistogram h;
  private final Compensated count = new Compensated(0);
  private final Compensated sum = new Compensated(0);
  private boolean cut;

  private Trim(NativeHistogram original, double bound, boolean upper) {
    this.original = original;
    this.bound = bound;
    this.upper = upper;
    this.h = FloatHistogram.of(original);
  }

  /// @param upper whether to keep what is below the bound
  static NativeHistogram of(NativeHistogram h, double bound, boolean upper) {
    return new Trim(h, bound, upper).result();
  }

  private NativeHistogram result() {
    for (int i = 0; i < h.positive.size(); i++) {
      h.positive.set(i, keep(h.positiveBucket(h.positive, i)));
    }
    for (int i = 0; i < h.negative.size(); i++) {
      Bucket b = h.positiveBucket(h.negative, i);
      h.negative.set(i, keep(new Bucket(-b.upper(), -b.lower(), b.count())));
    }
    if (h.zeroCount.value() > 0) {
      h.zeroCount = new Compensated(keep(HistogramStatistics.oneSided(h.zeroBucket(), original)));
    }
    if (!cut) {
      return original;
    }
    h.count = count;
    h.sum = sum;
    return h.toNative();
  }

  private double keep(Bucket b) {
    if (b.count() == 0) {
      return 0;
    }
    double part = part(b);
    if (part < 1) {
      cut = true;
    }
    double kept = b.count() * part;
    if (kept != 0) {
      count.add(kept);
      sum.add(kept * middle(b));
    }
    return kept;
  }

  private double part(Bucket b) {
    if (bound == Double.POSITIVE_INFINITY || bound == Double.NEGATIVE_INFINITY) {
      return upper == bound > 0 ? 1 : 0;
    }
    if (Double.isNaN(bound)) {
      return 0;
    }
    boolean custom = h.hasCustomBuckets();
    if (upper) {
      return b.upper() == Double.POSITIVE_INFINITY
          ? 0
          : HistogramStatistics.partBelow(bound, b, custom);
    }
    if (b.lower() == Double.NEGATIVE_INFINITY
        && (b.upper() <= 0 || b.upper() == Double.POSITIVE_INFINITY || bound < 0)) {
      return 0;
    }
    return 1 - HistogramStatistics.partBelow(bound, b, custom);
  }

  /// The middle of what is kept.
  private double middle(Bucket b) {
    double from = upper ? b.lower() : Math.max(b.lower(), bound);
    double to = upper ? Math.min(b.upper(), bound) : b.upper();
    if (from == Double.NEGATIVE_INFINITY) {
      if (b.upper() <= 0) {
        return to;
      }
      from = 0;
    }
    if (to == Double.POSITIVE_INFINITY) {
      return from;
    }
    if (h.hasCustomBuckets() || b.spansZero()) {
      return (from + to) / 2;
    }
    double root = Math.sqrt(from * to);
    return to < 0 ? -root : root;
  }
}
