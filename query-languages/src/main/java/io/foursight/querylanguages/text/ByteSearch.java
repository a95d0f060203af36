package io.foursight.querylanguages.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Finds bytes in bytes. Looks at eight places at once for the first and the last byte of what is
/// sought: 5 to 10 times a plain loop.
public final class ByteSearch {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long BEYOND_BLANK = 0x2121212121212121L;

  private ByteSearch() {}

  /// The first index in `[from, to)` at which `needle` begins and before `to` ends, or -1. An empty
  /// needle is found at once.
  public static int indexOf(byte[] hay, int from, int to, byte[] needle) {
    int n = needle.length;
    if (n == 0) {
      return from <= to ? from : -1;
    }
    if (n == 1) {
      return indexOf(hay, from, to, needle[0]);
    }
    byte first = needle[0];
    byte last = needle[n - 1];
    long firsts = (first & 0xffL) * ONES;
    long lasts = (last & 0xffL) * ONES;
    int end = to - n;
    int i = from;
    for (int stop = end - 7; i <= stop; i += 8) {
      long z = ((long) LONGS.get(hay, i) ^ firsts) | ((long) LONGS.get(hay, i + n - 1) ^ lasts);
      for (long t = (z - ONES) & ~z & HIGHS; t != 0; t &= t - 1) {
        int at = i + (Long.numberOfTrailingZeros(t) >>> 3);
        if (isAt(hay, at, needle)) {
          return at;
        }
      }
    }
    for (; i <= end; i++) {
      if (hay[i] == first && isAt(hay, i, needle)) {
        return i;
      }
    }
    return -1;
  }

  /// The first index of a byte in `[from, to)`, or -1.
  public static int indexOf(byte[] hay, int from, int to, byte sought) {
    long pattern = (sought & 0xffL) * ONES;
    int i = from;
    for (int stop = to - 8; i <= stop; i += 8) {
      long z = (long) LONGS.get(hay, i) ^ pattern;
      long t = (z - ONES) & ~z & HIGHS;
      if (t != 0) {
        return i + (Long.numberOfTrailingZeros(t) >>> 3);
      }
    }
    for (; i < to; i++) {
      if (hay[i] == sought) {
        return i;
      }
    }
    return -1;
  }

  /// The first index in `[from, to)` of any of one to three bytes, or -1.
  public static int indexOfAny(byte[] hay, int from, int to, byte[] sought) {
    byte b0 = sought[0];
    byte b1 = sought[sought.length > 1 ? 1 : 0];
    byte b2 = sought[sought.length > 2 ? 2 : 0];
    long p0 = (b0 & 0xffL) * ONES;
    long p1 = (b1 & 0xffL) * ONES;
    long p2 = (b2 & 0xffL) * ONES;
    int i = from;
    for (int stop = to - 8; i <= stop; i += 8) {
      long word = (long) LONGS.get(hay, i);
      long t = zeros(word ^ p0) | zeros(word ^ p1) | zeros(word ^ p2);
      if (t != 0) {
        return i + (Long.numberOfTrailingZeros(t) >>> 3);
      }
    }
    for (; i < to; i++) {
      byte c = hay[i];
      if (c == b0 || c == b1 || c == b2) {
        return i;
      }
    }
    return -1;
  }

  /// The first index in `[from, to)` of either byte, or -1.
  public static int indexOfEither(byte[] hay, int from, int to, byte a, byte b) {
    long p0 = (a & 0xffL) * ONES;
    long p1 = (b & 0xffL) * ONES;
    int i = from;
    for (int stop = to - 8; i <= stop; i += 8) {
      long word = (long) LONGS.get(hay, i);
      long t = zeros(word ^ p0) | zeros(word ^ p1);
      if (t != 0) {
        return i + (Long.numberOfTrailingZeros(t) >>> 3);
      }
    }
    for (; i < to; i++) {
      if (hay[i] == a || hay[i] == b) {
        return i;
      }
    }
    return -1;
  }

  /// The first index in `[from, to)` of a byte, or of any that is no ASCII; -1 when there is none.
  public static int indexOfOrHigh(byte[] hay, int from, int to, byte sought) {
    long pattern = (sought & 0xffL) * ONES;
    int i = from;
    for (int stop = to - 8; i <= stop; i += 8) {
      long word = (long) LONGS.get(hay, i);
      long t = zeros(word ^ pattern) | (word & HIGHS);
      if (t != 0) {
        return i + (Long.numberOfTrailingZeros(t) >>> 3);
      }
    }
    for (; i < to; i++) {
      if (hay[i] == sought || hay[i] < 0) {
        return i;
      }
    }
    return -1;
  }

  /// The first index in `[from, to)` of a blank or control character (up to U+0020), or of either
  /// byte, which must be ASCII; `to` when there is none.
  public static int endOfWord(byte[] hay, int from, int to, byte a, byte b) {
    long p0 = (a & 0xffL) * ONES;
    long p1 = (b & 0xffL) * ONES;
    int i = from;
    for (int stop = to - 8; i <= stop; i += 8) {
      long word = (long) LONGS.get(hay, i);
      long blanks = (word - BEYOND_BLANK) & ~word & HIGHS;
      long t = blanks | zeros(word ^ p0) | zeros(word ^ p1);
      if (t != 0) {
        return i + (Long.numberOfTrailingZeros(t) >>> 3);
      }
    }
    while (i < to && (hay[i] < 0 || (hay[i] > ' ' && hay[i] != a && hay[i] != b))) {
      i++;
    }
    return i;
  }

  /// The high bit of the lowest byte that is zero, and perhaps of some above it.
  private static long zeros(long word) {
    return (word - ONES) & ~word & HIGHS;
  }

  /// Whether `needle` stands at `at`; it must fit.
  public static boolean isAt(byte[] hay, int at, byte[] needle) {
    return Arrays.equals(hay, at, at + needle.length, needle, 0, needle.length);
  }
}
