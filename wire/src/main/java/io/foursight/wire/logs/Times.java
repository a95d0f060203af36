package io.foursight.wire.logs;

/// Times as nanoseconds; what a long cannot hold (before 1677, after 2262) becomes the nearest end,
/// where it is refused or kept as any other time of that age.
final class Times {
  private static final long BILLION = 1_000_000_000L;

  private Times() {}

  static long nanos(long seconds, long nanos) {
    if (seconds > Long.MAX_VALUE / BILLION - 2) {
      return Long.MAX_VALUE;
    }
    if (seconds < Long.MIN_VALUE / BILLION + 2) {
      return Long.MIN_VALUE;
    }
    return seconds * BILLION + nanos;
  }
}
