package io.foursight.wire.profiles;

import io.foursight.model.profiles.ProfilesBatch;
import java.util.Arrays;

/// Adds up values by stack, so that a stack becomes one sample however often it is named. Owned by
/// one thread.
final class StackSums {
  private int[] slotOf = new int[256];
  private int[] stacks = new int[64];
  private long[] sums = new long[64];
  private int size;

  /// @param value not negative
  /// @throws io.foursight.model.FoursightException `BAD_DATA` when a sum passes 64 bits
  void add(int stack, long value) {
    if (stack >= slotOf.length) {
      slotOf = Arrays.copyOf(slotOf, Math.max(stack + 1, 2 * slotOf.length));
    }
    int slot = slotOf[stack] - 1;
    if (slot < 0) {
      slot = size++;
      slotOf[stack] = size;
      if (slot == stacks.length) {
        stacks = Arrays.copyOf(stacks, 2 * slot);
        sums = Arrays.copyOf(sums, 2 * slot);
      }
      stacks[slot] = stack;
    }
    sums[slot] += value;
    if (sums[slot] < 0) {
      throw PprofFile.bad("the values of a stack pass 64 bits");
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /// Adds the samples to the profile that the batch has begun last.
  void write(ProfilesBatch batch) {
    for (int i = 0; i < size; i++) {
      if (sums[i] != 0) {
        batch.addSample(stacks[i], sums[i], 0, 0, 0);
      }
    }
  }
}
