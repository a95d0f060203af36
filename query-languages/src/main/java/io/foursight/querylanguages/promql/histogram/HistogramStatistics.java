package io.foursight.querylanguages.promql.histogram;

import io.foursight.model.metrics.NativeHistogram;
import java.util.List;
import java.util.Optional;

/// Quantiles, fractions and spread of native histograms. Inside a bucket the observations are taken
/// to be spread evenly - over the logarithm in exponential buckets, over the values in custom
/// buckets and in the zero bucket. Stateless.
public final class HistogramStatistics {
  /// What a result suffers from when some observations were NaN.
  public enum NanEffect {
    /// No quantile, because the rank lies among them.
    NO_RESULT,
    /// The quantile is too high.
    SKEWED_HIGHER,
    /// They count in no fraction.
    LEFT_OUT
  }

  /// @param nan what is to be noted, if anything
  public record Result(double value, Optional<NanEffect> nan) {
    static Result of(double value) {
      return new Result(value, Optional.empty());
    }
  }

  private HistogramStatistics() {}

  /// The value below which the part `q` of the observations lies.
  public static Result quantile(double q, NativeHistogram h) {
    if (Double.isNaN(q)) {
      return Result.of(Double.NaN);
    }
    if (q < 0 || q > 1) {
      return Result.of(q < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }
    if (h.count() == 0) {
      return Result.of(Double.NaN);
    }
    boolean nan = Double.isNaN(h.sum());
    boolean forward = nan || q < 0.5;
    double rank = (forward ? q : 1 - q) * h.count();
    List<Bucket> all = FloatHistogram.of(h).buckets();
    double seen = 0;
    Bucket b = new Bucket(0, 0, 0);
    for (Bucket next : forward ? all : all.reversed()) {
      b = next;
      seen += b.count();
      if (seen >= rank) {
        break;
      }
    }
    if (h.hasCustomBuckets()) {
      if (b.lower() == Double.NEGATIVE_INFINITY) {
        if (b.upper() <= 0) {
          return Result.of(b.upper());
        }
        b = new Bucket(0, b.upper(), b.count());
      } else if (b.upper() == Double.POSITIVE_INFINITY) {
        return Result.of(b.lower());
      }
    } else {
      b = oneSided(b, h);
    }
    seen = Math.min(seen, h.count());
    if (seen < rank) {
      return nan ? new Result(Double.NaN, Optional.of(NanEffect.NO_RESULT)) : Result.of(b.upper());
    }
    rank = forward ? rank - (seen - b.count()) : seen - rank;
    double value = interpolate(b, rank / b.count(), h.hasCustomBuckets());
    return new Result(value, nan ? Optional.of(NanEffect.SKEWED_HIGHER) : Optional.empty());
  }

  /// The part of the observations between two values.
  public static Result fraction(double lower, double upper, NativeHistogram h) {
    if (h.count() == 0 || Double.isNaN(lower) || Double.isNaN(upper)) {
      return Result.of(Double.NaN);
    }
    boolean nan = Double.isNaN(h.sum());
    Optional<NanEffect> effect = nan ? Optional.of(NanEffect.LEFT_OUT) : Optional.empty();
    if (lower >= upper) {
      return new Result(0, effect);
    }
    double below = 0;
    double belowUpper = 0;
    double total = 0;
    for (Bucket raw : FloatHistogram.of(h).buckets()) {
      Bucket b = oneSided(raw, h);
      below += b.count() * partBelow(lower, b, h.hasCustomBuckets());
      belowUpper += b.count() * partBelow(upper, b, h.hasCustomBuckets());
      total += b.count();
    }
    // Without NaN observations any rest of `count` is taken to lie above all buckets.
    double rest = nan ? 0 : Math.max(0, h.count() - total);
    belowUpper += upper == Double.POSITIVE_INFINITY ? rest : 0;
    double part = Math.min(belowUpper, h.count()) - Math.min(below, h.count());
    return new Result(part / h.count(), effect);
  }

  /// The mean squared distance from the mean, with every bucket's observations at its middle.
  public static double variance(NativeHistogram h) {
    double mean = h.sum() / h.count();
    var squares = new Compensated(0);
    for (Bucket b : FloatHistogram.of(h).buckets()) {
      double delta = middle(b, h.hasCustomBuckets()) - mean;
      squares.add(b.count() * delta * delta);
    }
    return squares.value() / h.count();
  }

  private static double middle(Bucket b, boolean linear) {
    if (linear) {
      return (b.lower() + b.upper()) / 2;
    }
    if (b.spansZero()) {
      return 0;
    }
    double root = Math.sqrt(b.lower() * b.upper());
    return b.upper() < 0 ? -root : root;
  }

  /// A zero bucket next to positive buckets only starts at zero, next to negative ones only it ends
  /// there.
  static Bucket oneSided(Bucket b, NativeHistogram h) {
    if (h.hasCustomBuckets() || !(b.lower() < 0 && b.upper() > 0)) {
      return b;
    }
    boolean negative = h.negativeBuckets().length > 0;
    boolean positive = h.positiveBuckets().length > 0;
    if (negative == positive) {
      return b;
    }
    return positive ? new Bucket(0, b.upper(), b.count()) : new Bucket(b.lower(), 0, b.count());
  }

  private static double interpolate(Bucket b, double part, boolean linear) {
    if (linear || b.spansZero()) {
      return b.lower() + (b.upper() - b.lower()) * part;
    }
    double logLower = log2(Math.abs(b.lower()));
    double logUpper = log2(Math.abs(b.upper()));
    return b.lower() > 0
        ? Math.pow(2, logLower + (logUpper - logLower) * part)
        : -Math.pow(2, logUpper + (logLower - logUpper) * (1 - part));
  }

  /// The part of a bucket's observations that is below `v`. Observations below the first custom
  /// bound lie between it and zero, or at it when it is not positive; those above the last one lie
  /// above every finite value.
  static double partBelow(double v, Bucket b, boolean linear) {
    if (v == Double.NEGATIVE_INFINITY) {
      return 0;
    }
    if (v >= b.upper()) {
      return 1;
    }
    double lower = b.lower();
    if (lower == Double.NEGATIVE_INFINITY) {
      if (b.upper() <= 0) {
        return 1;
      }
      lower = 0;
    }
    if (v <= lower || b.upper() == Double.POSITIVE_INFINITY) {
      return 0;
    }
    if (linear || b.spansZero()) {
      return (v - lower) / (b.upper() - lower);
    }
    double logLower = log2(Math.abs(lower));
    double logUpper = log2(Math.abs(b.upper()));
    return (log2(Math.abs(v)) - logLower) / (logUpper - logLower);
  }

  private static double log2(double v) {
    return Math.log(v) / Math.log(2);
  }
}
