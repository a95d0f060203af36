package io.foursight.ingester.metrics;

/// LEB128 and zigzag over a growing array; a cursor for reading. Owned by one thread.
final class Varint {
  private Varint() {}

  static int size(long value) {
    return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  /// @return the position after the value
  static int put(byte[] into, int position, long value) {
    int p = position;
    long v = value;
    while ((v & ~0x7fL) != 0) {
      into[p++] = (byte) (v | 0x80);
      v >>>= 7;
    }
    into[p++] = (byte) v;
    return p;
  }

  static long zigzag(long v) {
    return v << 1 ^ v >> 63;
  }

  static long unzigzag(long v) {
    return v >>> 1 ^ -(v & 1);
  }

  /// Reads values one after the other.
  static final class Cursor {
    byte[] bytes = {};
    int position;
    int end;

    Cursor at(byte[] from, int offset, int limit) {
      bytes = from;
      position = offset;
      end = limit;
      return this;
    }

    boolean hasMore() {
      return position < end;
    }

    long uvarint() {
      byte b = bytes[position++];
      if (b >= 0) {
        return b;
      }
      long result = b & 0x7f;
      for (int shift = 7; ; shift += 7) {
        b = bytes[position++];
        result |= (b & 0x7fL) << shift;
        if (b >= 0) {
          return result;
        }
      }
    }

    int uint() {
      return (int) uvarint();
    }

    long zigzag() {
      return unzigzag(uvarint());
    }

    int u8() {
      return bytes[position++] & 0xff;
    }

    long bits(int n) {
      long v = 0;
      for (int i = 0; i < n; i++) {
        v = v << 8 | (bytes[position++] & 0xff);
      }
      return v;
    }
  }
}
