package io.foursight.ingester.metrics;

/// Fixed-width integers of 0..64 bits, least significant bit first. Pure functions.
final class BitPacking {
  private BitPacking() {}

  static int bytes(int n, int width) {
    return (n * width + 7) >> 3;
  }

  /// @return the position after the packed values
  static int pack(long[] values, int from, int n, int width, byte[] into, int position) {
    long pending = 0;
    int filled = 0;
    int p = position;
    for (int i = from; i < from + n; i++) {
      long v = values[i];
      int left = width;
      while (left > 0) {
        int take = Math.min(left, 56 - filled);
        pending |= (v & ((1L << take) - 1)) << filled;
        filled += take;
        v >>>= take;
        left -= take;
        while (filled >= 8) {
          into[p++] = (byte) pending;
          pending >>>= 8;
          filled -= 8;
        }
      }
    }
    if (filled > 0) {
      into[p++] = (byte) pending;
    }
    return p;
  }

  static void unpack(byte[] from, int position, int n, int width, long[] into, int at) {
    long pending = 0;
    int filled = 0;
    int p = position;
    for (int i = at; i < at + n; i++) {
      long v = 0;
      int got = 0;
      while (got < width) {
        if (filled == 0) {
          pending = from[p++] & 0xffL;
          filled = 8;
        }
        int take = Math.min(width - got, filled);
        v |= (pending & ((1L << take) - 1)) << got;
        pending >>>= take;
        filled -= take;
        got += take;
      }
      into[i] = v;
    }
  }
}
