package io.foursight.storage.metrics.prometheus;

/// One Gorilla column: a double as the XOR with the one before, with the window of meaningful bits
/// remembered. The same class writes and reads. Owned by one thread.
final class XorValue {
  private long bits;
  private int leading = -1;
  private int trailing;

  double value() {
    return Double.longBitsToDouble(bits);
  }

  void writeFirst(double value, BitWriter out) {
    bits = Double.doubleToRawLongBits(value);
    out.bits(bits, 64);
  }

  double readFirst(BitReader in) {
    bits = in.bits(64);
    return value();
  }

  void write(double value, BitWriter out) {
    long now = Double.doubleToRawLongBits(value);
    long xor = now ^ bits;
    bits = now;
    if (xor == 0) {
      out.bit(false);
      return;
    }
    out.bit(true);
    int newLeading = Math.min(31, Long.numberOfLeadingZeros(xor));
    int newTrailing = Long.numberOfTrailingZeros(xor);
    if (leading >= 0 && newLeading >= leading && newTrailing >= trailing) {
      out.bit(false);
      out.bits(xor >>> trailing, 64 - leading - trailing);
      return;
    }
    leading = newLeading;
    trailing = newTrailing;
    int significant = 64 - leading - trailing;
    out.bit(true);
    out.bits(leading, 5);
    // 64 does not fit and is written as 0.
    out.bits(significant & 63, 6);
    out.bits(xor >>> trailing, significant);
  }

  double read(BitReader in) {
    if (!in.bit()) {
      return value();
    }
    if (in.bit()) {
      leading = (int) in.bits(5);
      int significant = (int) in.bits(6);
      significant = significant == 0 ? 64 : significant;
      trailing = 64 - leading - significant;
    }
    if (leading < 0 || trailing < 0) {
      throw in.corrupt("bad window of meaningful bits");
    }
    bits ^= in.bits(64 - leading - trailing) << trailing;
    return value();
  }
}
