package io.foursight.storage.logs.block.v1;

import java.util.Arrays;

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
      int slot = hash(values.bytes, start, length) & capacity - 1;
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
        int at = distinct.starts[code];
        if (distinct.lengths[code] == length
            && Arrays.equals(values.bytes, start, start + length, values.bytes, at, at + length)) {
          codes[i] = code;
          break;
        }
        slot = slot + 1 & capacity - 1;
      }
    }
    return true;
  }

  static int hash(byte[] bytes, int start, int length) {
    int h = length;
    for (int i = start; i < start + length; i++) {
      h = h * 0x01000193 ^ bytes[i];
    }
    h *= 0x9e3779b1;
    return h ^ h >>> 15;
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
