package io.foursight.querylanguages.logql.eval;

import io.foursight.model.FoursightException;

/// The times at which a metric query is evaluated: `startNanos`, `startNanos + stepNanos`, ... not
/// past `endNanos`. An instant is one step with `stepNanos` 0.
record StepTimes(long startNanos, long endNanos, long stepNanos) {
  /// More steps than this would not fit into memory for a single series.
  private static final int MAX = 1_000_000;

  StepTimes {
    if (stepNanos < 0 || (stepNanos > 0 && (endNanos - startNanos) / stepNanos >= MAX)) {
      throw FoursightException.badData(
          "a step of "
              + stepNanos
              + " ns over "
              + (endNanos - startNanos)
              + " ns makes more than "
              + MAX
              + " steps");
    }
  }

  int count() {
    if (stepNanos == 0) {
      return 1;
    }
    return endNanos < startNanos ? 0 : (int) ((endNanos - startNanos) / stepNanos) + 1;
  }

  long time(int step) {
    return startNanos + step * stepNanos;
  }

  boolean isInstant() {
    return stepNanos == 0;
  }
}
