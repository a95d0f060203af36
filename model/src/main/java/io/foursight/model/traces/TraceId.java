package io.foursight.model.traces;

/// The 16 bytes of a trace id as two big-endian numbers; ordered as unsigned 128 bits.
public record TraceId(long high, long low) implements Comparable<TraceId> {
  /// The id that no trace has.
  public static final TraceId NONE = new TraceId(0, 0);

  /// Order of two ids without objects.
  public static int compare(long high, long low, long otherHigh, long otherLow) {
    int order = Long.compareUnsigned(high, otherHigh);
    return order != 0 ? order : Long.compareUnsigned(low, otherLow);
  }

  public boolean isNone() {
    return (high | low) == 0;
  }

  @Override
  public int compareTo(TraceId other) {
    return compare(high, low, other.high, other.low);
  }

  /// 32 lower-case hex digits.
  @Override
  public String toString() {
    return hex(high) + hex(low);
  }

  /// 16 lower-case hex digits, as span ids are written too.
  public static String hex(long id) {
    String digits = Long.toHexString(id);
    return "0".repeat(16 - digits.length()) + digits;
  }
}
