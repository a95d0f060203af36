package io.foursight.model.metrics;

/// Upper bounds of native histogram buckets, inclusive. Of the exponential schemas -4 to 8, bucket
/// `i` ends at `2^(i * 2^-schema)`, the last finite one at the largest double; custom buckets end
/// at the sender's own bounds.
///
/// Bounds are printed, so these are the very doubles that Prometheus and its clients use, which are
/// not always the nearest ones to the powers: within an octave every second bound of a schema is
/// that of the schema above it, and the others are the bound before them times `2^(2^-s)`. The
/// square root of two in that is the double below it. Stateless.
public final class BucketBounds {
  private static final int MAX_SCHEMA = 8;

  /// `2^(k/256)` for k in 0..255; coarser schemas use every 2nd, 4th, ... entry.
  private static final double[] FRACTIONS = fractions();

  private BucketBounds() {}

  private static double[] fractions() {
    var all = new double[1 << MAX_SCHEMA];
    all[0] = 1;
    double factor = Math.nextDown(Math.sqrt(2));
    for (int stride = all.length / 2; stride > 0; stride /= 2) {
      for (int k = stride; k < all.length; k += 2 * stride) {
        all[k] = all[k - stride] * factor;
      }
      factor = stride == all.length / 2 ? Math.sqrt(Math.sqrt(2)) : Math.sqrt(factor);
    }
    return all;
  }

  public static double exponential(int index, int schema) {
    long exponent;
    double fraction = 1;
    if (schema <= 0) {
      exponent = (long) index << -schema;
    } else {
      int k = index & ((1 << schema) - 1);
      fraction = FRACTIONS[k << (MAX_SCHEMA - schema)];
      exponent = index >> schema;
    }
    // The last bucket with a finite bound ends at the largest double instead of 2^1024.
    if (exponent == 1024 && fraction == 1) {
      return Double.MAX_VALUE;
    }
    return Math.scalb(fraction, Math.clamp(exponent, -2000, 2000));
  }

  /// The bound of bucket `index` among `bounds`: infinite on either side of them.
  public static double custom(int index, double[] bounds) {
    return index < 0
        ? Double.NEGATIVE_INFINITY
        : index < bounds.length ? bounds[index] : Double.POSITIVE_INFINITY;
  }

  /// The bucket of a coarser schema that holds bucket `index`.
  public static int coarser(int index, int fromSchema, int toSchema) {
    return ((index - 1) >> (fromSchema - toSchema)) + 1;
  }
}
