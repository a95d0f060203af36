package io.foursight.ingester.traces;

import io.foursight.model.SeriesHash;
import java.util.Arrays;

/// Resources (or scopes) of a segment, each distinct message with its schema url once, by number.
/// Written by one thread at a time; what a number stands for never changes.
final class Messages {
  private final SeriesHash hash;
  private final SegmentBytes bytes;
  private long[] places = new long[8];
  private int[] lengths = new int[8];
  private int[] messageLengths = new int[8];
  private long[] hashes = new long[8];
  private int count;
  private int[] slots = new int[32];
  private final long[] high = new long[2];
  private final long[] low = new long[2];

  Messages(SeriesHash hash, SegmentBytes bytes) {
    this.hash = hash;
    this.bytes = bytes;
  }

  /// The number of a message and its schema url, new or known.
  int number(byte[] from, int offset, int length, int schemaOffset, int schemaLength) {
    hash.hash(from, offset, length, high, low, 0);
    hash.hash(from, schemaOffset, schemaLength, high, low, 1);
    long key = low[0] ^ Long.rotateLeft(low[1], 17);
    int slot = slot(key);
    for (int n = slots[slot]; n > 0; n = slots[slot]) {
      if (hashes[n - 1] == key && equal(n - 1, from, offset, length, schemaOffset, schemaLength)) {
        return n - 1;
      }
      slot = slot + 1 & slots.length - 1;
    }
    return add(key, from, offset, length, schemaOffset, schemaLength);
  }

  private int slot(long key) {
    return (int) (key ^ key >>> 32) & slots.length - 1;
  }

  private boolean equal(
      int number, byte[] from, int offset, int length, int schemaOffset, int schemaLength) {
    if (messageLengths[number] != length || lengths[number] != length + schemaLength) {
      return false;
    }
    byte[] chunk = bytes.chunks()[SegmentBytes.chunk(places[number])];
    int at = SegmentBytes.offset(places[number]);
    return Arrays.equals(chunk, at, at + length, from, offset, offset + length)
        && Arrays.equals(
            chunk,
            at + length,
            at + length + schemaLength,
            from,
            schemaOffset,
            schemaOffset + schemaLength);
  }

  private int add(
      long key, byte[] from, int offset, int length, int schemaOffset, int schemaLength) {
    if (count == places.length) {
      int capacity = 2 * count;
      places = Arrays.copyOf(places, capacity);
      lengths = Arrays.copyOf(lengths, capacity);
      messageLengths = Arrays.copyOf(messageLengths, capacity);
      hashes = Arrays.copyOf(hashes, capacity);
    }
    var joined = new byte[length + schemaLength];
    System.arraycopy(from, offset, joined, 0, length);
    System.arraycopy(from, schemaOffset, joined, length, schemaLength);
    places[count] = bytes.add(joined, 0, joined.length);
    lengths[count] = joined.length;
    messageLengths[count] = length;
    hashes[count] = key;
    count++;
    if (2 * count > slots.length) {
      slots = new int[2 * slots.length];
      for (int n = 0; n < count; n++) {
        put(n);
      }
    } else {
      put(count - 1);
    }
    return count - 1;
  }

  private void put(int number) {
    int slot = slot(hashes[number]);
    while (slots[slot] != 0) {
      slot = slot + 1 & slots.length - 1;
    }
    slots[slot] = number + 1;
  }

  /// What is there now, for readers.
  ///
  /// @param lengths of message and schema url together
  record View(long[] places, int[] lengths, int[] messageLengths) {
    int schemaLength(int number) {
      return lengths[number] - messageLengths[number];
    }
  }

  View view() {
    return new View(places, lengths, messageLengths);
  }

  long allocatedBytes() {
    return 24L * places.length + 4L * slots.length;
  }
}
