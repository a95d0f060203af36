package io.foursight.querylanguages.traceql.eval;

/// The steps of a metrics answer. Step `i` counts spans that start in `(time - step, time]`, its
/// time being a multiple of the step; the first and the last one reach out of the range asked for,
/// of which only `(start, end]` counts. An instant query has one step, the range itself.
record Steps(long startNanos, long endNanos, long firstNanos, long stepNanos, int count) {
  /// @param step 0 for one over the whole range
  static Steps of(long start, long end, long step) {
    if (step <= 0) {
      return new Steps(start, end, end, Math.max(1, end - start), 1);
    }
    long aligned = Math.floorDiv(start, step) * step;
    long count = Math.max(0, Math.ceilDiv(end - aligned, step));
    return new Steps(start, end, aligned + step, step, Math.toIntExact(count));
  }

  /// -1 when the time does not count.
  int of(long nanos) {
    if (nanos <= startNanos || nanos > endNanos) {
      return -1;
    }
    return (int) ((nanos - (firstNanos - stepNanos) - 1) / stepNanos);
  }

  long millis(int step) {
    return (firstNanos + step * stepNanos) / 1_000_000;
  }

  double seconds() {
    return stepNanos / 1e9;
  }
}
