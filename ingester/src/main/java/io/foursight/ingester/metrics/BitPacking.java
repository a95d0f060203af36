package io.foursight.ingester.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Fixed-width integers of 0..64 bits, least significant bit first. Pure functions.
final class BitPacking {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

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
    int i = 0;
    if (width == 0) {
      Arrays.fill(into, at, at + n, 0);
      return;
    }
    if (width <= 56) {
      long mask = (1L << width) - 1;
      // Numbers whose first byte has eight readable bytes behind it: all but at the end of a page.
      int room = from.length - 8 - position;
      int fast = room < 0 ? 0 : (int) Math.min(n, ((room + 1L << 3) + width - 1) / width);
      for (int bit = 0; i < fast; i++, bit += width) {
        into[at + i] = (long) LONGS.get(from, position + (bit >>> 3)) >>> (bit & 7) & mask;
      }
    }
    for (; i < n; i++) {
      into[at + i] = one(from, position, i * width, width);
    }
  }

  private static long one(byte[] from, int position, int bit, int width) {
    int p = position + (bit >>> 3);
    int shift = bit & 7;
    long v = (from[p++] & 0xffL) >>> shift;
    for (int got = 8 - shift; got < width; got += 8) {
      v |= (from[p++] & 0xffL) << got;
    }
    return width == 64 ? v : v & (1L << width) - 1;
  }
}
