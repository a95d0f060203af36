package io.foursight.ingester.logs;

/// A set of longs, open addressing. Owned by one thread at a time.
final class LongSet {
  private long[] slots = new long[64];
  private int size;
  private boolean hasZero;

  /// @return false when it was there
  boolean add(long value) {
    if (value == 0) {
      boolean fresh = !hasZero;
      hasZero = true;
      return fresh;
    }
    int mask = slots.length - 1;
    int at = (int) (value ^ value >>> 32) & mask;
    for (; slots[at] != 0; at = at + 1 & mask) {
      if (slots[at] == value) {
        return false;
      }
    }
    slots[at] = value;
    if (2 * ++size > slots.length) {
      grow();
    }
    return true;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[2 * old.length];
    int mask = slots.length - 1;
    for (long value : old) {
      if (value != 0) {
        int at = (int) (value ^ value >>> 32) & mask;
        while (slots[at] != 0) {
          at = at + 1 & mask;
        }
        slots[at] = value;
      }
    }
  }

  long allocatedBytes() {
    return 8L * slots.length;
  }
}
