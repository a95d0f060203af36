package io.foursight.ingester.traces;

import java.util.Arrays;

/// The traces of a segment by number, in order of arrival, found by their id. Written by one thread
/// at a time; the id of a number never changes.
final class TraceTable {
  private long[] highs = new long[16];
  private long[] lows = new long[16];
  private int[] lastRows = new int[16];
  private long[] bytes = new long[16];
  private int count;
  private int[] slots = new int[64];

  /// The trace's number, or -1.
  int find(long high, long low) {
    int slot = slot(high, low);
    for (int n = slots[slot]; n > 0; n = slots[slot]) {
      if (lows[n - 1] == low && highs[n - 1] == high) {
        return n - 1;
      }
      slot = slot + 1 & slots.length - 1;
    }
    return -1;
  }

  /// Senders choose ids: all bits count, so that no simple series of them meets in one place.
  private int slot(long high, long low) {
    long h = (low ^ Long.rotateLeft(high, 29)) * 0x9e3779b97f4a7c15L;
    h = (h ^ h >>> 29 ^ high) * 0xbf58476d1ce4e5b9L;
    return (int) (h >>> 32) & slots.length - 1;
  }

  /// @return the number of a trace that is not there yet
  int add(long high, long low) {
    if (count == highs.length) {
      int capacity = 2 * count;
      highs = Arrays.copyOf(highs, capacity);
      lows = Arrays.copyOf(lows, capacity);
      lastRows = Arrays.copyOf(lastRows, capacity);
      bytes = Arrays.copyOf(bytes, capacity);
    }
    highs[count] = high;
    lows[count] = low;
    lastRows[count] = -1;
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
    int slot = slot(highs[number], lows[number]);
    while (slots[slot] != 0) {
      slot = slot + 1 & slots.length - 1;
    }
    slots[slot] = number + 1;
  }

  /// The newest row of a trace, -1 before its first.
  int lastRow(int trace) {
    return lastRows[trace];
  }

  void added(int trace, int row, int length) {
    lastRows[trace] = row;
    bytes[trace] += length;
  }

  /// Bytes of a trace's spans.
  long bytes(int trace) {
    return bytes[trace];
  }

  long high(int trace) {
    return highs[trace];
  }

  long low(int trace) {
    return lows[trace];
  }

  long[] highs() {
    return highs;
  }

  long[] lows() {
    return lows;
  }

  int count() {
    return count;
  }

  long allocatedBytes() {
    return 28L * highs.length + 4L * slots.length;
  }
}
