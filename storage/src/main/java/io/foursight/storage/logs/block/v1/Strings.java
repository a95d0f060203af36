package io.foursight.storage.logs.block.v1;

import java.util.Arrays;

/// Byte strings as places in one array: value `i` is `bytes[starts[i] .. + lengths[i])`.
final class Strings {
  byte[] bytes;
  int[] starts;
  int[] lengths;
  int count;

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
