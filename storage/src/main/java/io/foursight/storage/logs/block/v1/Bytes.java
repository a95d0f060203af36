package io.foursight.storage.logs.block.v1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Eight bytes at a time.
final class Bytes {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Bytes() {}

  static long at(byte[] bytes, int offset) {
    return (long) LONGS.get(bytes, offset);
  }

  /// A quick hash that is not part of the format.
  static long hash(byte[] bytes, int from, int to, long seed) {
    long h = seed ^ to - from;
    int i = from;
    for (; i + 8 <= to; i += 8) {
      h = (h ^ at(bytes, i)) * 0x9e3779b97f4a7c15L;
      h ^= h >>> 29;
    }
    long tail = 0;
    for (; i < to; i++) {
      tail = tail << 8 | bytes[i] & 0xff;
    }
    h = (h ^ tail) * 0xd6e8feb86659fd93L;
    return h ^ h >>> 32;
  }
}
