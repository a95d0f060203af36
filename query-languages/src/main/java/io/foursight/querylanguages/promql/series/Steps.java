package io.foursight.querylanguages.promql.series;

import io.foursight.model.FoursightException;

/// The times at which something is evaluated: `start`, `start + step`, ... not past `end`, in
/// milliseconds. An instant is one step with `stepMillis` 0.
public record Steps(long startMillis, long endMillis, long stepMillis) {
  public Steps {
    if (stepMillis < 0) {
      throw FoursightException.badData("step must not be negative, got " + stepMillis + " ms");
    }
  }

  public static Steps instant(long timeMillis) {
    return new Steps(timeMillis, timeMillis, 0);
  }

  public int count() {
    if (stepMillis == 0) {
      return 1;
    }
    return endMillis < startMillis
        ? 0
        : Math.toIntExact((endMillis - startMillis) / stepMillis + 1);
  }

  public long time(int step) {
    return startMillis + step * stepMillis;
  }

  /// Whether this is a single evaluation.
  public boolean isInstant() {
    return stepMillis == 0;
  }
}
