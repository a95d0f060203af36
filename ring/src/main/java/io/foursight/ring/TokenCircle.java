package io.foursight.ring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// All tokens of a ring in ascending unsigned order, with their owners. A token that two instances
/// claim belongs to the one registered first (then the lesser id), so that every viewer agrees. An
/// item belongs to the first token greater than its hash.
final class TokenCircle {
  /// By index in [#owners].
  private final List<InstanceDescriptor> instances;

  /// Tokens with the sign bit flipped, so that signed order is unsigned order.
  private final int[] tokens;

  /// Index of the instance per token.
  private final int[] owners;

  TokenCircle(List<InstanceDescriptor> instances) {
    this.instances = instances;
    List<InstanceDescriptor> order = new ArrayList<>(instances);
    order.sort(precedence());
    int total = instances.stream().mapToInt(i -> i.tokens().size()).sum();
    // token in the upper half, precedence in the lower: sorting puts the rightful owner first.
    long[] all = new long[total];
    int[] indexOf = new int[order.size()];
    int n = 0;
    for (int rank = 0; rank < order.size(); rank++) {
      InstanceDescriptor instance = order.get(rank);
      indexOf[rank] = instances.indexOf(instance);
      for (int t = 0; t < instance.tokens().size(); t++) {
        long flipped = instance.tokens().at(t) ^ Integer.MIN_VALUE;
        all[n++] = flipped << 32 | rank;
      }
    }
    Arrays.sort(all);
    int[] distinct = new int[total];
    int[] owner = new int[total];
    int size = 0;
    for (long entry : all) {
      int token = (int) (entry >> 32);
      if (size == 0 || distinct[size - 1] != token) {
        distinct[size] = token;
        owner[size++] = indexOf[(int) entry];
      }
    }
    tokens = Arrays.copyOf(distinct, size);
    owners = Arrays.copyOf(owner, size);
  }

  /// Who keeps a token that several claim, first wins.
  static Comparator<InstanceDescriptor> precedence() {
    return Comparator.comparing(InstanceDescriptor::registered)
        .thenComparing(InstanceDescriptor::id);
  }

  int size() {
    return tokens.length;
  }

  /// Where the walk for a hash begins.
  int indexOf(int hash) {
    int found = Arrays.binarySearch(tokens, hash ^ Integer.MIN_VALUE);
    int next = found >= 0 ? found + 1 : -found - 1;
    return next == tokens.length ? 0 : next;
  }

  InstanceDescriptor owner(int index) {
    return instances.get(owners[index]);
  }

  /// Index of the owner among the instances, 0 to their number.
  int ownerIndex(int index) {
    return owners[index];
  }

  /// The part of the circle that belongs to each instance, by its index.
  double[] ownership() {
    double[] parts = new double[instances.size()];
    for (int i = 0; i < tokens.length; i++) {
      int previous = tokens[i == 0 ? tokens.length - 1 : i - 1];
      long width = Integer.toUnsignedLong(tokens[i] - previous);
      parts[owners[i]] += (tokens.length == 1 ? 0x1p32 : width) / 0x1p32;
    }
    return parts;
  }

  /// Tokens that count, per instance.
  int[] counts() {
    int[] counts = new int[instances.size()];
    for (int owner : owners) {
      counts[owner]++;
    }
    return counts;
  }
}
