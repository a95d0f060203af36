package io.foursight.storage.metrics.prometheus;

import java.util.Arrays;

/// Bits, highest first. Owned by one thread.
final class BitWriter {
  private byte[] bytes = new byte[256];
  private long bits;

  int byteLength() {
    return (int) ((bits + 7) >>> 3);
  }

  byte[] array() {
    return bytes;
  }

  void bit(boolean one) {
    int at = (int) (bits >>> 3);
    if (at == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * at);
    }
    if (one) {
      bytes[at] |= (byte) (0x80 >>> (bits & 7));
    }
    bits++;
  }

  /// The low `count` bits.
  void bits(long value, int count) {
    for (int i = count - 1; i >= 0; i--) {
      bit((value >>> i & 1) != 0);
    }
  }

  /// Go's `binary.PutUvarint`, at any bit.
  void uvarint(long value) {
    long v = value;
    while ((v & ~0x7fL) != 0) {
      bits(v & 0x7f | 0x80, 8);
      v >>>= 7;
    }
    bits(v, 8);
  }

  void varint(long value) {
    uvarint(value << 1 ^ value >> 63);
  }

  /// One of nine widths, told by up to eight ones.
  void varbitInt(long value) {
    for (int i = 0; i < VarBits.WIDTHS.length; i++) {
      int width = VarBits.WIDTHS[i];
      boolean fits =
          width == 64
              || (width == 0
                  ? value == 0
                  : value >= -(1L << (width - 1)) + 1 && value <= 1L << (width - 1));
      if (fits) {
        prefixed(value, i, width);
        return;
      }
    }
  }

  void varbitUint(long value) {
    for (int i = 0; i < VarBits.WIDTHS.length; i++) {
      int width = VarBits.WIDTHS[i];
      if (width == 64 || value >>> width == 0) {
        prefixed(value, i, width);
        return;
      }
    }
  }

  private void prefixed(long value, int ones, int width) {
    for (int i = 0; i < ones; i++) {
      bit(true);
    }
    if (ones < VarBits.WIDTHS.length - 1) {
      bit(false);
    }
    bits(value, width);
  }
}
