package io.foursight.querylanguages.promql.histogram;

/// Upper bounds of the standard exponential buckets: bucket `i` of schema `s` ends at `2^(i /
/// 2^s)`, inclusive.
final class Bounds {
  private static final int MAX_SCHEMA = 8;

  /// `2^(k/256)` for k in 0..255; coarser schemas use every 2nd, 4th, ... entry.
  private static final double[] FRACTIONS = new double[1 << MAX_SCHEMA];

  static {
    for (int k = 0; k < FRACTIONS.length; k++) {
      FRACTIONS[k] = Math.pow(2, k / (double) FRACTIONS.length);
    }
  }

  private Bounds() {}

  static double exponential(int index, int schema) {
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

  /// The bucket of a coarser schema that holds bucket `index`.
  static int coarser(int index, int fromSchema, int toSchema) {
    return ((index - 1) >> (fromSchema - toSchema)) + 1;
  }
}
