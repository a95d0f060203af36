package io.foursight.wire.logs;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Parsed labels by the raw bytes they were read from, so that a stream that comes again costs a
/// hash and one comparison of bytes. A table of fixed size in which a newcomer replaces whoever has
/// its place. Owned by one thread.
final class LabelCache {
  private static final int SLOTS = 4096;

  /// Longer texts are parsed each time: the table's memory stays bounded.
  private static final int MAX_KEPT = 4096;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  interface Parser {
    StreamLabels parse(byte[] bytes, int offset, int length);
  }

  private final Parser parser;
  private final byte[][] keys = new byte[SLOTS][];
  private final StreamLabels[] values = new StreamLabels[SLOTS];

  LabelCache(Parser parser) {
    this.parser = parser;
  }

  StreamLabels get(byte[] bytes, int offset, int length) {
    if (length > MAX_KEPT) {
      return parser.parse(bytes, offset, length);
    }
    int slot = hash(bytes, offset, length);
    byte[] key = keys[slot];
    if (key != null
        && key.length == length
        && Arrays.equals(key, 0, length, bytes, offset, offset + length)) {
      return values[slot];
    }
    StreamLabels parsed = parser.parse(bytes, offset, length);
    keys[slot] = Arrays.copyOfRange(bytes, offset, offset + length);
    values[slot] = parsed;
    return parsed;
  }

  private static int hash(byte[] bytes, int offset, int length) {
    long h = length;
    int i = offset;
    int end = offset + length;
    for (; i + 8 <= end; i += 8) {
      h = (h ^ (long) LONGS.get(bytes, i)) * 0x9e3779b97f4a7c15L;
      h ^= h >>> 32;
    }
    for (; i < end; i++) {
      h = (h ^ bytes[i]) * 0x9e3779b97f4a7c15L;
    }
    return (int) (h >>> 40) & SLOTS - 1;
  }
}
