package io.foursight.wire.metrics.json;

import java.math.BigDecimal;
import java.math.MathContext;

/// Upper bounds of native histogram buckets: `2^(index * 2^-schema)` for schemas -4 to 8, correctly
/// rounded, the last finite one being the largest double; the sender's own for custom buckets.
final class BucketBounds {
  private static final int MAX_SCHEMA = 8;

  /// `0.5 * 2^(i/256)` for the finest schema; the coarser ones use every 2nd, 4th, ... of them.
  private static final double[] FRACTIONS = fractions();

  private BucketBounds() {}

  private static double[] fractions() {
    var digits = new MathContext(40);
    BigDecimal root = BigDecimal.TWO;
    for (int i = 0; i < MAX_SCHEMA; i++) {
      root = root.sqrt(digits);
    }
    var bounds = new double[1 << MAX_SCHEMA];
    BigDecimal bound = new BigDecimal("0.5");
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = bound.doubleValue();
      bound = bound.multiply(root, digits);
    }
    return bounds;
  }

  static double exponential(int index, int schema) {
    if (schema < 0) {
      int exponent = index << -schema;
      return exponent == 1024 ? Double.MAX_VALUE : Math.scalb(1.0, exponent);
    }
    int steps = 1 << schema;
    double fraction = FRACTIONS[(index & steps - 1) << MAX_SCHEMA - schema];
    int exponent = (index >> schema) + 1;
    if (fraction == 0.5 && exponent == 1025) {
      return Double.MAX_VALUE;
    }
    return Math.scalb(fraction, exponent);
  }

  static double custom(int index, double[] bounds) {
    if (index < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    return index >= bounds.length ? Double.POSITIVE_INFINITY : bounds[index];
  }
}
