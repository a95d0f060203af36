package io.foursight.wire.metrics;

import java.util.Arrays;

/// Appends bits, most significant first, as Prometheus's chunk formats are drawn. Reused; owned by
/// one thread.
final class BitWriter {
  private byte[] bytes = new byte[256];
  private int size;
  private int free;

  void clear() {
    size = 0;
    free = 0;
  }

  /// Bytes begun.
  int size() {
    return size;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /// Overwrites two bytes that were written before, big-endian.
  void patch16(int at, int value) {
    bytes[at] = (byte) (value >>> 8);
    bytes[at + 1] = (byte) value;
  }

  void patch8(int at, int value) {
    bytes[at] = (byte) value;
  }

  void bit(boolean one) {
    bits(one ? 1 : 0, 1);
  }

  /// Appends the low `n` bits of `value`, 1 to 64.
  void bits(long value, int n) {
    int left = n;
    while (left > 0) {
      if (free == 0) {
        if (size == bytes.length) {
          bytes = Arrays.copyOf(bytes, size * 2);
        }
        bytes[size++] = 0;
        free = 8;
      }
      int take = Math.min(free, left);
      long piece = value >>> left - take & (1L << take) - 1;
      bytes[size - 1] |= (byte) (piece << free - take);
      free -= take;
      left -= take;
    }
  }

  void byte8(int value) {
    bits(value, 8);
  }

  /// Little-endian base-128, byte by byte.
  void uvarint(long value) {
    long v = value;
    while ((v & ~0x7fL) != 0) {
      byte8((int) (v & 0x7f | 0x80));
      v >>>= 7;
    }
    byte8((int) v);
  }

  void varint(long value) {
    uvarint(value << 1 ^ value >> 63);
  }

  /// Prometheus's variable bit-width integer: a unary prefix chooses one of eight widths.
  void varbitInt(long value) {
    if (value == 0) {
      bits(0, 1);
    } else if (fits(value, 3)) {
      prefixed(0b10, 2, value, 3);
    } else if (fits(value, 6)) {
      prefixed(0b110, 3, value, 6);
    } else if (fits(value, 9)) {
      prefixed(0b1110, 4, value, 9);
    } else if (fits(value, 12)) {
      prefixed(0b11110, 5, value, 12);
    } else if (fits(value, 18)) {
      prefixed(0b111110, 6, value, 18);
    } else if (fits(value, 25)) {
      prefixed(0b1111110, 7, value, 25);
    } else if (fits(value, 56)) {
      prefixed(0b11111110, 8, value, 56);
    } else {
      prefixed(0b11111111, 8, value, 64);
    }
  }

  void varbitUint(long value) {
    int width = 64 - Long.numberOfLeadingZeros(value);
    if (value == 0) {
      bits(0, 1);
    } else if (width <= 3) {
      prefixed(0b10, 2, value, 3);
    } else if (width <= 6) {
      prefixed(0b110, 3, value, 6);
    } else if (width <= 9) {
      prefixed(0b1110, 4, value, 9);
    } else if (width <= 12) {
      prefixed(0b11110, 5, value, 12);
    } else if (width <= 18) {
      prefixed(0b111110, 6, value, 18);
    } else if (width <= 25) {
      prefixed(0b1111110, 7, value, 25);
    } else if (width <= 56) {
      prefixed(0b11111110, 8, value, 56);
    } else {
      prefixed(0b11111111, 8, value, 64);
    }
  }

  private void prefixed(int prefix, int prefixBits, long value, int n) {
    bits(prefix, prefixBits);
    bits(value, n);
  }

  /// Whether `value` lies in `-(2^(n-1) - 1) .. 2^(n-1)`.
  static boolean fits(long value, int n) {
    return -((1L << n - 1) - 1) <= value && value <= 1L << n - 1;
  }
}
