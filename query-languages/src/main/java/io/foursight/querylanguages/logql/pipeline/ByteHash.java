package io.foursight.querylanguages.logql.pipeline;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/// A hash of a slice, eight bytes at a time, seeded for the process so that nobody can choose
/// values that collide. For tables that compare what they find.
final class ByteHash {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long PRIME = 0x9e3779b97f4a7c15L;

  private static final long SEED = new SecureRandom().nextLong();

  private ByteHash() {}

  static long of(long seed, byte[] b, int offset, int length) {
    int at = offset;
    int end = offset + length;
    long h = (seed ^ SEED) * PRIME + length;
    for (; at + 8 <= end; at += 8) {
      h = (h ^ (long) LONGS.get(b, at)) * PRIME;
      h ^= h >>> 32;
    }
    long rest = 0;
    for (; at < end; at++) {
      rest = rest << 8 | b[at] & 0xff;
    }
    h = (h ^ rest) * PRIME;
    return h ^ h >>> 32;
  }
}
