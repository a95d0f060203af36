package io.foursight.model;

/// Milliseconds since the Unix epoch, **both ends inclusive**. `start > end` is the empty range.
public record TimeRange(long startMillis, long endMillis) {
  public static final TimeRange ALL = new TimeRange(Long.MIN_VALUE, Long.MAX_VALUE);

  public boolean isEmpty() {
    return startMillis > endMillis;
  }

  public boolean contains(long millis) {
    return millis >= startMillis && millis <= endMillis;
  }

  public boolean overlaps(TimeRange other) {
    return startMillis <= other.endMillis && other.startMillis <= endMillis;
  }

  public TimeRange intersect(TimeRange other) {
    return new TimeRange(
        Math.max(startMillis, other.startMillis), Math.min(endMillis, other.endMillis));
  }
}
