package io.foursight.storage.traces.block.v1;

import java.util.Arrays;
import java.util.function.LongConsumer;

/// Distinct 64-bit hashes. Owned by one thread.
final class TokenSet {
  private long[] slots = new long[1 << 12];
  private int size;
  private boolean zero;

  /// @return whether it is new
  boolean add(long token) {
    if (token == 0) {
      boolean fresh = !zero;
      zero = true;
      return fresh;
    }
    int mask = slots.length - 1;
    int slot = (int) (token * 0x9e3779b97f4a7c15L >>> 32) & mask;
    while (slots[slot] != 0) {
      if (slots[slot] == token) {
        return false;
      }
      slot = slot + 1 & mask;
    }
    slots[slot] = token;
    if (++size > slots.length / 2) {
      grow();
    }
    return true;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[2 * old.length];
    size = 0;
    for (long token : old) {
      if (token != 0) {
        add(token);
      }
    }
  }

  int size() {
    return size + (zero ? 1 : 0);
  }

  void forEach(LongConsumer each) {
    if (zero) {
      each.accept(0);
    }
    for (long token : slots) {
      if (token != 0) {
        each.accept(token);
      }
    }
  }

  void clear() {
    if (slots.length > 1 << 20) {
      slots = new long[1 << 12];
    }
    Arrays.fill(slots, 0);
    size = 0;
    zero = false;
  }
}
