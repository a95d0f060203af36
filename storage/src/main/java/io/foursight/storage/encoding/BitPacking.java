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
    int done = 0;
    if (width <= 56) {
      // Eight numbers are `width` bytes; the last word read begins before their end.
      int groups = Math.min(count >>> 3, (bytes.length - start - 7) / width);
      if (groups > 0) {
        unpackGroups(bytes, start, groups, width, into);
        done = groups << 3;
      }
    }
    for (int i = done; i < count; i++) {
      long bit = (long) i * width;
      int p = start + (int) (bit >>> 3);
      into[i] =
          width <= 56 && p <= bytes.length - 8
              ? LittleEndian.getLong(bytes, p) >>> (bit & 7) & (1L << width) - 1
              : one(bytes, start, bit, width);
    }
  }

  /// Eight numbers at a time: their places in the `width` bytes are the same in each group, and one
  /// word holds several of them.
  private static void unpackGroups(byte[] bytes, int start, int groups, int width, long[] into) {
    if (width <= 7) {
      wordOfEight(bytes, start, groups, width, into);
    } else if (width <= 14) {
      wordsOfFour(bytes, start, groups, width, into);
    } else if (width <= 28) {
      wordsOfTwo(bytes, start, groups, width, into);
    } else {
      wordsOfOne(bytes, start, groups, width, into);
    }
  }

  private static void wordOfEight(byte[] bytes, int start, int groups, int width, long[] into) {
    long mask = (1L << width) - 1;
    int p = start;
    for (int i = 0; i < groups << 3; i += 8, p += width) {
      long word = LittleEndian.getLong(bytes, p);
      into[i] = word & mask;
      into[i + 1] = word >>> width & mask;
      into[i + 2] = word >>> 2 * width & mask;
      into[i + 3] = word >>> 3 * width & mask;
      into[i + 4] = word >>> 4 * width & mask;
      into[i + 5] = word >>> 5 * width & mask;
      into[i + 6] = word >>> 6 * width & mask;
      into[i + 7] = word >>> 7 * width & mask;
    }
  }

  private static void wordsOfFour(byte[] bytes, int start, int groups, int width, long[] into) {
    long mask = (1L << width) - 1;
    int second = width >>> 1;
    int shift = width * 4 & 7;
    int p = start;
    for (int i = 0; i < groups << 3; i += 8, p += width) {
      long word = LittleEndian.getLong(bytes, p);
      into[i] = word & mask;
      into[i + 1] = word >>> width & mask;
      into[i + 2] = word >>> 2 * width & mask;
      into[i + 3] = word >>> 3 * width & mask;
      word = LittleEndian.getLong(bytes, p + second) >>> shift;
      into[i + 4] = word & mask;
      into[i + 5] = word >>> width & mask;
      into[i + 6] = word >>> 2 * width & mask;
      into[i + 7] = word >>> 3 * width & mask;
    }
  }

  private static void wordsOfTwo(byte[] bytes, int start, int groups, int width, long[] into) {
    long mask = (1L << width) - 1;
    int p = start;
    int a = width * 2;
    int b = width * 4;
    int c = width * 6;
    for (int i = 0; i < groups << 3; i += 8, p += width) {
      long word = LittleEndian.getLong(bytes, p);
      into[i] = word & mask;
      into[i + 1] = word >>> width & mask;
      word = LittleEndian.getLong(bytes, p + (a >>> 3)) >>> (a & 7);
      into[i + 2] = word & mask;
      into[i + 3] = word >>> width & mask;
      word = LittleEndian.getLong(bytes, p + (b >>> 3)) >>> (b & 7);
      into[i + 4] = word & mask;
      into[i + 5] = word >>> width & mask;
      word = LittleEndian.getLong(bytes, p + (c >>> 3)) >>> (c & 7);
      into[i + 6] = word & mask;
      into[i + 7] = word >>> width & mask;
    }
  }

  private static void wordsOfOne(byte[] bytes, int start, int groups, int width, long[] into) {
    long mask = (1L << width) - 1;
    long bit = (long) start << 3;
    for (int i = 0; i < groups << 3; i++, bit += width) {
      into[i] = LittleEndian.getLong(bytes, (int) (bit >>> 3)) >>> (bit & 7) & mask;
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
