package io.foursight.storage.encoding;

import java.util.Arrays;

/// Fixed-width unsigned numbers side by side, lowest bit first, padded to a byte at the end.
final class BitPacking {
  private BitPacking() {}

  static int byteLength(int count, int width) {
    return (int) (((long) count * width + 7) >>> 3);
  }

  static int bitLength(long unsigned) {
    return 64 - Long.numberOfLeadingZeros(unsigned);
  }

  static void pack(long[] from, int count, int width, ByteWriter out) {
    if (width == 0) {
      return;
    }
    int length = byteLength(count, width);
    // Whole words are stored, so reserve one more and give the rest back.
    int at = out.skip(length + 8);
    byte[] bytes = out.array();
    long word = 0;
    int used = 0;
    int p = at;
    for (int i = 0; i < count; i++) {
      long v = from[i];
      word |= v << used;
      used += width;
      if (used >= 64) {
        LittleEndian.putLong(bytes, p, word);
        p += 8;
        used -= 64;
        word = used == 0 ? 0 : v >>> (width - used);
      }
    }
    if (used > 0) {
      LittleEndian.putLong(bytes, p, word);
    }
    out.truncate(at + length);
  }

  /// Reads `count` numbers and moves the reader behind them.
  static void unpack(ByteReader in, int count, int width, long[] into) {
    if (width > 64) {
      throw in.corrupt("bit width " + width);
    }
    if (width == 0) {
      Arrays.fill(into, 0, count, 0);
      return;
    }
    int start = in.position();
    in.skip(byteLength(count, width));
    byte[] bytes = in.array();
    int fast = 0;
    if (width <= 56 && bytes.length - 8 >= start) {
      // Numbers whose first byte has eight readable bytes behind it.
      long bits = (long) (bytes.length - 8 - start + 1) << 3;
      fast = (int) Math.min(count, (bits + width - 1) / width);
      long mask = (1L << width) - 1;
      int bit = 0;
      for (int i = 0; i < fast; i++) {
        into[i] = LittleEndian.getLong(bytes, start + (bit >>> 3)) >>> (bit & 7) & mask;
        bit += width;
      }
    }
    for (int i = fast; i < count; i++) {
      into[i] = one(bytes, start, (long) i * width, width);
    }
  }

  private static long one(byte[] bytes, int start, long bit, int width) {
    long value = 0;
    int have = 0;
    int p = start + (int) (bit >>> 3);
    int shift = (int) (bit & 7);
    while (have < width) {
      long b = (bytes[p++] & 0xffL) >>> shift;
      value |= b << have;
      have += 8 - shift;
      shift = 0;
    }
    return width == 64 ? value : value & (1L << width) - 1;
  }
}
