package io.foursight.ring;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;

/// The positions of one instance on the circle of 2^32: distinct, in ascending unsigned order.
/// Immutable.
public final class Tokens {
  public static final Tokens NONE = new Tokens(new int[0]);

  private final int[] sorted;

  private Tokens(int[] sorted) {
    this.sorted = sorted;
  }

  /// Any order, doubles are dropped.
  public static Tokens of(int... tokens) {
    int[] flipped = Arrays.stream(tokens).map(t -> t ^ Integer.MIN_VALUE).sorted().toArray();
    return new Tokens(Arrays.stream(flipped).distinct().map(t -> t ^ Integer.MIN_VALUE).toArray());
  }

  /// These and as many new ones as are missing to `count`; a token is drawn again while it is
  /// `taken`.
  public Tokens fill(int count, SplittableRandom random, IntPredicate taken) {
    int[] all = Arrays.copyOf(sorted, Math.max(count, sorted.length));
    for (int i = sorted.length; i < all.length; i++) {
      int token;
      do {
        token = random.nextInt();
      } while (taken.test(token) || contains(all, i, token));
      all[i] = token;
    }
    return of(all);
  }

  private static boolean contains(int[] tokens, int length, int token) {
    for (int i = 0; i < length; i++) {
      if (tokens[i] == token) {
        return true;
      }
    }
    return false;
  }

  public Tokens without(IntPredicate refused) {
    return new Tokens(Arrays.stream(sorted).filter(t -> !refused.test(t)).toArray());
  }

  public int size() {
    return sorted.length;
  }

  public boolean isEmpty() {
    return sorted.length == 0;
  }

  public int at(int index) {
    return sorted[index];
  }

  public boolean contains(int token) {
    int low = 0;
    int high = sorted.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = Integer.compareUnsigned(sorted[middle], token);
      if (order == 0) {
        return true;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return false;
  }

  public int[] toArray() {
    return sorted.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tokens tokens && Arrays.equals(sorted, tokens.sorted);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sorted);
  }

  @Override
  public String toString() {
    return sorted.length + " tokens";
  }
}
