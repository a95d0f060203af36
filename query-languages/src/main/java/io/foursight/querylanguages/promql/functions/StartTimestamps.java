package io.foursight.querylanguages.promql.functions;

/// What start timestamps tell about two consecutive samples. 0 is "unknown".
final class StartTimestamps {
  private StartTimestamps() {}

  /// Whether the counter began anew between two samples. A start strictly between them says so. A
  /// start equal to the previous sample's time says so only when that sample had a sound start of
  /// its own (a delta series); otherwise it is a cumulative series whose start is not known.
  static boolean isReset(long previousStart, long previousTime, long start, long time) {
    if (start == 0 || start >= time || start < previousTime) {
      return false;
    }
    return start > previousTime || (previousStart != 0 && previousStart < previousTime);
  }
}
