package io.foursight.querylanguages.logql.pipeline;

import java.util.Optional;

/// An address of version 4 (in the low 32 bits) or 6.
record Address(boolean v6, long high, long low) implements Comparable<Address> {
  int bits() {
    return v6 ? 128 : 32;
  }

  @Override
  public int compareTo(Address o) {
    int c = Long.compareUnsigned(high, o.high);
    return c != 0 ? c : Long.compareUnsigned(low, o.low);
  }

  /// The lowest address with the same leading bits.
  Address network(int prefixBits) {
    return new Address(v6, high & highMask(prefixBits), low & lowMask(prefixBits));
  }

  /// The highest.
  Address broadcast(int prefixBits) {
    long lowEnd = v6 ? ~lowMask(prefixBits) : ~lowMask(prefixBits) & 0xffff_ffffL;
    return new Address(v6, v6 ? high | ~highMask(prefixBits) : 0, low | lowEnd);
  }

  private long highMask(int prefixBits) {
    return !v6 ? 0 : ones(Math.min(prefixBits, 64), 64);
  }

  private long lowMask(int prefixBits) {
    return v6 ? ones(Math.max(0, prefixBits - 64), 64) : ones(prefixBits, 32);
  }

  /// The `count` highest of `width` bits.
  private static long ones(int count, int width) {
    return count == 0 ? 0 : (-1L << (width - count)) & (width == 64 ? -1L : (1L << width) - 1);
  }

  static Optional<Address> parse(byte[] b, int from, int to) {
    for (int i = from; i < to; i++) {
      if (b[i] == ':') {
        return parseV6(b, from, to);
      }
    }
    long v4 = v4(b, from, to);
    return v4 < 0 ? Optional.empty() : Optional.of(new Address(false, 0, v4));
  }

  /// Four decimal bytes without leading zeros, or -1.
  private static long v4(byte[] b, int from, int to) {
    long value = 0;
    int i = from;
    for (int part = 0; part < 4; part++) {
      if (part > 0 && (i >= to || b[i++] != '.')) {
        return -1;
      }
      int start = i;
      int n = 0;
      while (i < to && i < start + 3 && b[i] >= '0' && b[i] <= '9') {
        n = n * 10 + (b[i++] - '0');
      }
      if (i == start || n > 255 || (b[start] == '0' && i > start + 1)) {
        return -1;
      }
      value = value << 8 | n;
    }
    return i == to ? value : -1;
  }

  private static Optional<Address> parseV6(byte[] b, int from, int to) {
    var groups = new int[8];
    int count = 0;
    int gap = -1;
    int i = from;
    if (i + 1 < to && b[i] == ':' && b[i + 1] == ':') {
      gap = 0;
      i += 2;
    }
    while (i < to) {
      int start = i;
      int n = 0;
      while (i < to && i < start + 4 && Character.digit(b[i], 16) >= 0) {
        n = n << 4 | Character.digit(b[i++], 16);
      }
      if (i < to && b[i] == '.' && count <= 6) {
        long v4 = v4(b, start, to);
        if (v4 < 0) {
          return Optional.empty();
        }
        groups[count++] = (int) (v4 >> 16);
        groups[count++] = (int) (v4 & 0xffff);
        i = to;
        break;
      }
      if (i == start || count == 8) {
        return Optional.empty();
      }
      groups[count++] = n;
      if (i == to) {
        break;
      }
      if (b[i++] != ':' || i == to) {
        return Optional.empty();
      }
      if (b[i] == ':') {
        if (gap >= 0) {
          return Optional.empty();
        }
        gap = count;
        i++;
      }
    }
    return gap < 0 ? whole(groups, count) : filled(groups, count, gap);
  }

  private static Optional<Address> whole(int[] groups, int count) {
    return count == 8 ? Optional.of(of(groups)) : Optional.empty();
  }

  private static Optional<Address> filled(int[] groups, int count, int gap) {
    if (count > 7) {
      return Optional.empty();
    }
    var all = new int[8];
    System.arraycopy(groups, 0, all, 0, gap);
    System.arraycopy(groups, gap, all, 8 - (count - gap), count - gap);
    return Optional.of(of(all));
  }

  private static Address of(int[] groups) {
    long high = 0;
    long low = 0;
    for (int i = 0; i < 4; i++) {
      high = high << 16 | groups[i];
      low = low << 16 | groups[i + 4];
    }
    return new Address(true, high, low);
  }
}
