package io.foursight.runtime.server;

import java.util.Arrays;

/// Output of a decompressor: grows by doubling, never past its bound.
final class GrowingBytes {
  private final long maxBytes;
  private byte[] bytes;
  private int length;

  GrowingBytes(int expected, long maxBytes) {
    this.bytes = new byte[Math.min(expected, 1 << 20)];
    this.maxBytes = Math.min(maxBytes, Integer.MAX_VALUE - 16);
  }

  int length() {
    return length;
  }

  void append(byte[] from, int offset, int count) {
    reserve(count);
    System.arraycopy(from, offset, bytes, length, count);
    length += count;
  }

  /// Repeats what was written `distance` bytes ago; ranges may overlap, as LZ77 wants it.
  void copyBack(int distance, int count) {
    reserve(count);
    for (int i = 0; i < count; i++) {
      bytes[length] = bytes[length - distance];
      length++;
    }
  }

  byte[] toArray() {
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }

  byte[] array() {
    return bytes;
  }

  private void reserve(int count) {
    long needed = (long) length + count;
    if (needed > maxBytes) {
      throw BodyDecoder.tooLarge(needed, maxBytes);
    }
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(maxBytes, Math.max(needed, 2L * bytes.length)));
    }
  }
}
