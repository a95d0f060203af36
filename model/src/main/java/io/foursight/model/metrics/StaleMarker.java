package io.foursight.model.metrics;

/// The NaN with one special bit pattern that says "this series ended here"; it is stored and moved
/// bit by bit. As a histogram it is one whose `sum` carries the pattern.
public final class StaleMarker {
  public static final long BITS = 0x7ff0000000000002L;
  public static final double VALUE = Double.longBitsToDouble(BITS);

  private StaleMarker() {}

  public static boolean isStale(double value) {
    return Double.doubleToRawLongBits(value) == BITS;
  }
}
