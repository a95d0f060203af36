package io.foursight.querylanguages.logql.eval;

import io.foursight.model.Labels;
import java.util.Arrays;

/// One series over all steps of a query: a number or nothing at each step. [#ABSENT] is a NaN of
/// its own, which no arithmetic yields; test with [#isAbsent]. The array is the series' own.
record SampleSeries(Labels labels, double[] values) {
  static final double ABSENT = Double.longBitsToDouble(0x7ff4_0000_0000_0a0bL);
  private static final long ABSENT_BITS = Double.doubleToRawLongBits(ABSENT);

  static SampleSeries empty(Labels labels, int steps) {
    var values = new double[steps];
    Arrays.fill(values, ABSENT);
    return new SampleSeries(labels, values);
  }

  static boolean isAbsent(double value) {
    return Double.isNaN(value) && Double.doubleToRawLongBits(value) == ABSENT_BITS;
  }

  boolean has(int step) {
    return !isAbsent(values[step]);
  }

  boolean isEmpty() {
    for (double value : values) {
      if (!isAbsent(value)) {
        return false;
      }
    }
    return true;
  }

  SampleSeries with(Labels others) {
    return new SampleSeries(others, values);
  }

  /// Heap bytes, for budgets.
  long sizeBytes() {
    return 64 + 8L * values.length;
  }
}
