package io.foursight.storage.logs.block.v1;

/// The distinct values of a column in order of first use, up to a bound.
final class Dictionary {
  private final Strings distinct;
  private final int[] codes;
  private final boolean complete;

  Dictionary(Strings values, int maxDistinct) {
    distinct = new Strings(values.bytes, Math.min(maxDistinct, 256) + 1);
    codes = new int[values.count];
    complete = fill(values, maxDistinct);
  }

  private boolean fill(Strings values, int maxDistinct) {
    int capacity = Integer.highestOneBit(Math.max(16, maxDistinct)) * 4;
    var table = new int[capacity];
    for (int i = 0; i < values.count; i++) {
      int start = values.starts[i];
      int length = values.lengths[i];
      int slot = (int) Bytes.hash(values.bytes, start, start + length, 0) & capacity - 1;
      while (true) {
        int code = table[slot] - 1;
        if (code < 0) {
          if (distinct.count == maxDistinct) {
            return false;
          }
          table[slot] = distinct.count + 1;
          codes[i] = distinct.count;
          distinct.add(start, length);
          break;
        }
        if (distinct.lengths[code] == length
            && Bytes.equal(values.bytes, start, values.bytes, distinct.starts[code], length)) {
          codes[i] = code;
          break;
        }
        slot = slot + 1 & capacity - 1;
      }
    }
    return true;
  }

  /// Whether every value found room.
  boolean isComplete() {
    return complete;
  }

  Strings distinct() {
    return distinct;
  }

  int[] codes() {
    return codes;
  }
}
