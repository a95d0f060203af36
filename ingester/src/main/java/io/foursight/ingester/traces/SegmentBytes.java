package io.foursight.ingester.traces;

import java.util.Arrays;

/// Bytes that only grow, in chunks. What was added never moves, so that a reader with a [#chunks()]
/// of before reads on without a lock. Written by one thread at a time.
final class SegmentBytes {
  private static final int FIRST_BYTES = 64 << 10;
  private static final int MAX_BYTES = 1 << 20;

  private byte[][] chunks = new byte[4][];
  private int count;
  private int used;
  private long allocated;

  /// @return where they lie: the chunk in the high half, the offset in the low
  long add(byte[] from, int offset, int length) {
    if (count == 0 || chunks[count - 1].length - used < length) {
      grow(length);
    }
    System.arraycopy(from, offset, chunks[count - 1], used, length);
    long place = (long) (count - 1) << 32 | used;
    used += length;
    return place;
  }

  private void grow(int length) {
    int size = count < 5 ? FIRST_BYTES << count : MAX_BYTES;
    if (count == chunks.length) {
      chunks = Arrays.copyOf(chunks, 2 * count);
    }
    chunks[count++] = new byte[Math.max(size, length)];
    allocated += chunks[count - 1].length;
    used = 0;
  }

  byte[][] chunks() {
    return chunks;
  }

  long allocatedBytes() {
    return allocated;
  }

  static int chunk(long place) {
    return (int) (place >>> 32);
  }

  static int offset(long place) {
    return (int) place;
  }
}
