package io.foursight.querier.profiles;

/// Points at `start + k * step`, each of what was taken in `(point - step, point]`, in whole
/// milliseconds. The first point is the start itself.
record TimeGrid(long startMillis, long stepMillis) {
  private static final long NANOS = 1_000_000;

  static TimeGrid of(long startNanos, long stepNanos) {
    return new TimeGrid(Math.floorDiv(startNanos, NANOS), Math.max(1, stepNanos / NANOS));
  }

  /// The earliest time that the first point is made of.
  long firstNanos() {
    return (startMillis - stepMillis + 1) * NANOS;
  }

  /// The number of the point that a time belongs to; negative before the first one.
  long point(long timeNanos) {
    return -Math.floorDiv(startMillis - Math.floorDiv(timeNanos, NANOS), stepMillis);
  }

  long timeMillis(long point) {
    return startMillis + point * stepMillis;
  }
}
