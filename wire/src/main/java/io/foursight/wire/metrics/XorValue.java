package io.foursight.wire.metrics;

/// One column of doubles in a chunk: each value XORed with the one before; of the difference only
/// the meaningful bits are written, in the window of the last one where they fit.
final class XorValue {
  private static final int NO_WINDOW = 0xff;

  private double value;
  private int leading = NO_WINDOW;
  private int trailing;

  /// Writes the first value raw.
  void first(BitWriter out, double v) {
    value = v;
    leading = NO_WINDOW;
    trailing = 0;
    out.bits(Double.doubleToRawLongBits(v), 64);
  }

  void next(BitWriter out, double v) {
    long delta = Double.doubleToRawLongBits(v) ^ Double.doubleToRawLongBits(value);
    value = v;
    if (delta == 0) {
      out.bit(false);
      return;
    }
    out.bit(true);
    int newLeading = Math.min(31, Long.numberOfLeadingZeros(delta));
    int newTrailing = Long.numberOfTrailingZeros(delta);
    if (leading != NO_WINDOW && newLeading >= leading && newTrailing >= trailing) {
      out.bit(false);
      out.bits(delta >>> trailing, 64 - leading - trailing);
      return;
    }
    leading = newLeading;
    trailing = newTrailing;
    int significant = 64 - leading - trailing;
    out.bit(true);
    out.bits(leading, 5);
    // Six bits: 64 is written as 0.
    out.bits(significant & 63, 6);
    out.bits(delta >>> trailing, significant);
  }
}
