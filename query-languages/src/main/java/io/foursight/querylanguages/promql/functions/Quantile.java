package io.foursight.querylanguages.promql.functions;

import java.util.Arrays;

/// The φ-quantile of values, with linear interpolation between the two nearest; NaN sorts lowest.
public final class Quantile {
  private Quantile() {}

  /// @param values changed: sorted
  public static double of(double q, double[] values) {
    return of(q, values, values.length);
  }

  /// Of the first `n` values, which get sorted.
  public static double of(double q, double[] values, int n) {
    if (n == 0 || Double.isNaN(q)) {
      return Double.NaN;
    }
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    sortNanFirst(values, n);
    double rank = q * (n - 1);
    int lower = Math.max(0, (int) Math.floor(rank));
    int upper = Math.min(n - 1, lower + 1);
    double weight = rank - Math.floor(rank);
    return values[lower] * (1 - weight) + values[upper] * weight;
  }

  private static void sortNanFirst(double[] values, int n) {
    int nans = 0;
    for (int i = 0; i < n; i++) {
      if (Double.isNaN(values[i])) {
        double v = values[nans];
        values[nans++] = values[i];
        values[i] = v;
      }
    }
    Arrays.sort(values, nans, n);
  }
}
