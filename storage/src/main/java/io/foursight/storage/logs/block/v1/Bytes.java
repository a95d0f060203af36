package io.foursight.storage.logs.block.v1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/// Eight bytes at a time.
final class Bytes {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long SEED = new SecureRandom().nextLong();
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private Bytes() {}

  static long at(byte[] bytes, int offset) {
    return (long) LONGS.get(bytes, offset);
  }

  static void put(byte[] bytes, int offset, long value) {
    LONGS.set(bytes, offset, value);
  }

  /// A quick hash that is not part of the format; other in every process, so that nobody can send
  /// lines that collide.
  static long hash(byte[] bytes, int from, int to, long seed) {
    long h = seed ^ SEED ^ to - from;
    int i = from;
    for (; i + 8 <= to; i += 8) {
      h = (h ^ at(bytes, i)) * 0x9e3779b97f4a7c15L;
      h ^= h >>> 29;
    }
    long tail = i == to ? 0 : head(bytes, i, to - i);
    h = (h ^ tail) * 0xd6e8feb86659fd93L;
    return h ^ h >>> 32;
  }

  /// Up to eight bytes from `offset` as a number, the rest zero.
  static long head(byte[] bytes, int offset, int length) {
    if (offset + 8 <= bytes.length) {
      return at(bytes, offset) & -1L >>> 64 - 8 * length;
    }
    long value = 0;
    for (int i = length - 1; i >= 0; i--) {
      value = value << 8 | bytes[offset + i] & 0xff;
    }
    return value;
  }

  /// Equality of short ranges.
  static boolean equal(byte[] a, int i, byte[] b, int j, int length) {
    if (length >= 8) {
      int last = length - 8;
      for (int p = 0; p < last; p += 8) {
        if (at(a, i + p) != at(b, j + p)) {
          return false;
        }
      }
      return at(a, i + last) == at(b, j + last);
    }
    if (length >= 4) {
      int last = length - 4;
      return (int) INTS.get(a, i) == (int) INTS.get(b, j)
          && (int) INTS.get(a, i + last) == (int) INTS.get(b, j + last);
    }
    for (int p = 0; p < length; p++) {
      if (a[i + p] != b[j + p]) {
        return false;
      }
    }
    return true;
  }
}
