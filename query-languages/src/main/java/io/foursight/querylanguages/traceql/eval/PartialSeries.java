package io.foursight.querylanguages.traceql.eval;

import java.util.Arrays;
import java.util.TreeMap;

/// What is known of a group's spans at each step, so that it can be added to what others know of
/// the same group: the raw level of a metrics query. Fields that the function does not use are
/// empty.
///
/// @param counts of spans
/// @param values sum, minimum or maximum; NaN where there is none
/// @param buckets counts by the exponent of the power of two that is not below the value
record PartialSeries(double[] counts, double[] values, TreeMap<Integer, double[]> buckets) {
  /// The exponent of values that have none: zero and less.
  static final int NOTHING = Integer.MIN_VALUE;

  static PartialSeries of(int steps) {
    var values = new double[steps];
    Arrays.fill(values, Double.NaN);
    return new PartialSeries(new double[steps], values, new TreeMap<>());
  }

  void count(int step) {
    counts[step]++;
  }

  void sum(int step, double value) {
    counts[step]++;
    values[step] = Double.isNaN(values[step]) ? value : values[step] + value;
  }

  void least(int step, double value) {
    values[step] = Double.isNaN(values[step]) ? value : Math.min(values[step], value);
  }

  void most(int step, double value) {
    values[step] = Double.isNaN(values[step]) ? value : Math.max(values[step], value);
  }

  void bucket(int step, double value) {
    buckets.computeIfAbsent(exponent(value), e -> new double[counts.length])[step]++;
  }

  /// The upper bound of a bucket.
  static double bound(int exponent) {
    return exponent == NOTHING ? 0 : Math.scalb(1.0, exponent);
  }

  static int exponent(double value) {
    if (!(value > 0)) {
      return NOTHING;
    }
    int floor = Math.getExponent(value);
    return Math.scalb(1.0, floor) == value ? floor : floor + 1;
  }
}
