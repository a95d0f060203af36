package io.foursight.storage.logs.block.v1;

import java.util.Arrays;

/// Comparisons of byte ranges.
final class Needle {
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
    for (int i = from; i <= end; i++) {
      if (bytes[i] == first && bytes[i + n - 1] == last && at(bytes, i, part)) {
        return i;
      }
    }
    return -1;
  }
}
