package io.foursight.storage.logs.block.v1;

import java.util.Arrays;

/// Byte strings as places in one array: value `i` is `bytes[starts[i] .. + lengths[i])`.
final class Strings {
  byte[] bytes;
  int[] starts;
  int[] lengths;
  int count;

  /// Bytes that [#append] has filled.
  private int size;

  Strings(byte[] bytes) {
    this(bytes, 64);
  }

  Strings(byte[] bytes, int capacity) {
    this.bytes = bytes;
    starts = new int[capacity];
    lengths = new int[capacity];
  }

  void add(int start, int length) {
    if (count == starts.length) {
      int capacity = Math.max(16, count * 2);
      starts = Arrays.copyOf(starts, capacity);
      lengths = Arrays.copyOf(lengths, capacity);
    }
    starts[count] = start;
    lengths[count++] = length;
  }

  /// Adds a value and copies its bytes behind those of the others, so that reading all of them goes
  /// through memory in one direction.
  void append(byte[] from, int start, int length) {
    int at = size;
    if (bytes.length - at < length + Long.BYTES) {
      long wanted = Math.max(64, Math.max(2L * bytes.length, at + length + 16L));
      bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Integer.MAX_VALUE - 16));
    }
    if (length <= 2 * Long.BYTES && start + 2 * Long.BYTES <= from.length && length > 0) {
      Bytes.put(bytes, at, Bytes.at(from, start));
      if (length > Long.BYTES) {
        int last = length - Long.BYTES;
        Bytes.put(bytes, at + last, Bytes.at(from, start + last));
      }
    } else {
      System.arraycopy(from, start, bytes, at, length);
    }
    size = at + length;
    add(at, length);
  }

  boolean same(int i, int j) {
    int n = lengths[i];
    return n == lengths[j] && Bytes.equal(bytes, starts[i], bytes, starts[j], n);
  }

  byte[] value(int i) {
    return Arrays.copyOfRange(bytes, starts[i], starts[i] + lengths[i]);
  }

  long totalBytes() {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += lengths[i];
    }
    return sum;
  }
}
