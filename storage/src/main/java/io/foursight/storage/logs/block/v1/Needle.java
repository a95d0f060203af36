package io.foursight.storage.logs.block.v1;

import java.util.Arrays;

/// Comparisons of byte ranges.
final class Needle {
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private Needle() {}

  static boolean test(Column.Op op, byte[] bytes, int offset, int length, byte[] part) {
    int n = part.length;
    if (n > length) {
      return false;
    }
    return switch (op) {
      case EQUALS -> n == length && at(bytes, offset, part);
      case STARTS_WITH -> at(bytes, offset, part);
      case ENDS_WITH -> at(bytes, offset + length - n, part);
      case CONTAINS -> indexOf(bytes, offset, offset + length, part) >= 0;
    };
  }

  static boolean same(byte[] a, int i, byte[] b, int j, int length) {
    return Arrays.equals(a, i, i + length, b, j, j + length);
  }

  static boolean at(byte[] bytes, int offset, byte[] part) {
    return Arrays.equals(bytes, offset, offset + part.length, part, 0, part.length);
  }

  /// Place of `part` in `bytes[from .. to)`, or -1.
  static int indexOf(byte[] bytes, int from, int to, byte[] part) {
    int n = part.length;
    if (n == 0) {
      return from;
    }
    byte first = part[0];
    byte last = part[n - 1];
    int end = to - n;
    int i = from;
    // Eight places at a time: where both the first and the last byte fit.
    long firsts = (first & 0xffL) * ONES;
    long lasts = (last & 0xffL) * ONES;
    int fast = Math.min(end, bytes.length - 8 - n);
    while (i <= fast) {
      long a = Bytes.at(bytes, i) ^ firsts;
      long b = Bytes.at(bytes, i + n - 1) ^ lasts;
      long different = a | b;
      long hits = different - ONES & ~different & HIGH_BITS;
      while (hits != 0) {
        int at = i + (Long.numberOfTrailingZeros(hits) >>> 3);
        if (at > end) {
          return -1;
        }
        if (at(bytes, at, part)) {
          return at;
        }
        hits &= hits - 1;
      }
      i += 8;
    }
    for (; i <= end; i++) {
      if (bytes[i] == first && bytes[i + n - 1] == last && at(bytes, i, part)) {
        return i;
      }
    }
    return -1;
  }
}
