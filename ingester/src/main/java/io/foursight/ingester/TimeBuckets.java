package io.foursight.ingester;

/// Which segment takes an entry or a span, by its time: the day for the last week and what is
/// ahead, thirty days up to a year, one bucket for all that is older. So a sender with times all
/// over the calendar opens about two dozen segments and no more.
public final class TimeBuckets {
  private static final long DAY = 86_400_000_000_000L;
  private static final long DAYS_RECENT = 7;
  private static final long DAYS_OLD = 366;
  private static final long MONTH = 30;
  private static final long OLDEST = Long.MIN_VALUE / 2;

  private TimeBuckets() {}

  /// A number of its own for each kind: days are 3n, months 3n + 1.
  public static long of(long timeNanos, long nowNanos) {
    long day = Math.floorDiv(timeNanos, DAY);
    long today = Math.floorDiv(nowNanos, DAY);
    if (day > today + 1) {
      return 3 * (today + 2) + 2;
    }
    if (day >= today - DAYS_RECENT) {
      return 3 * day;
    }
    return day >= today - DAYS_OLD ? 3 * Math.floorDiv(day, MONTH) + 1 : OLDEST;
  }
}
