package io.foursight.querylanguages.promql.series;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;

/// The times at which something is evaluated: `start`, `start + step`, ... not past `end`, in
/// milliseconds. An instant is one step with `stepMillis` 0.
public record Steps(long startMillis, long endMillis, long stepMillis) {
  /// More steps than this would not fit into memory for a single series.
  public static final int MAX = 10_000_000;

  public Steps {
    if (stepMillis < 0) {
      throw FoursightException.badData("step must not be negative, got " + stepMillis + " ms");
    }
    if (stepMillis > 0
        && endMillis > startMillis
        && (endMillis - startMillis) / stepMillis >= MAX) {
      throw new FoursightException(
          ErrorKind.QUERY_LIMIT,
          "query processing would load too many samples into memory in query execution: a step of "
              + stepMillis
              + " ms over "
              + (endMillis - startMillis)
              + " ms makes more than "
              + MAX
              + " steps");
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
