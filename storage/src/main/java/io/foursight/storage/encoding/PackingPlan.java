package io.foursight.storage.encoding;

import java.util.Arrays;

/// Chooses base and width of a patched bit-packing so that the bits are fewest, in three passes
/// over the numbers: the base may be the minimum, zero, the middle of a signed range, or the number
/// that most of them equal.
final class PackingPlan {
  private static final int PATCH_HEADER_BITS = 32;

  private final int[] positive = new int[65];
  private final int[] negative = new int[65];
  private final int[] aboveMin = new int[65];
  private long base;
  private int width;
  private long bits;

  long base() {
    return base;
  }

  int width() {
    return width;
  }

  /// Estimated size without the fixed header; 0 = all numbers equal the base.
  long bits() {
    return bits;
  }

  void copy(PackingPlan other) {
    base = other.base;
    width = other.width;
    bits = other.bits;
  }

  long plan(long[] d, int n) {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    long candidate = 0;
    int votes = 0;
    Arrays.fill(positive, 0);
    Arrays.fill(negative, 0);
    for (int i = 0; i < n; i++) {
      long v = d[i];
      min = Math.min(min, v);
      max = Math.max(max, v);
      if (v >= 0) {
        positive[64 - Long.numberOfLeadingZeros(v)]++;
      } else {
        negative[64 - Long.numberOfLeadingZeros(~v)]++;
      }
      if (votes == 0) {
        candidate = v;
        votes = 1;
      } else {
        votes += v == candidate ? 1 : -1;
      }
    }
    base = min;
    width = BitPacking.bitLength(max - min);
    bits = (long) n * width;
    if (bits == 0) {
      return 0;
    }
    tryMinimum(d, n, min);
    trySigned(n);
    if (votes > 0) {
      tryMajority(d, n, candidate);
    }
    return bits;
  }

  private void offer(long newBase, int newWidth, int n, int patchCount, int patchWidth) {
    long cost = (long) n * newWidth;
    if (patchCount > 0) {
      int gapWidth = 2 + BitPacking.bitLength(n / patchCount);
      cost += PATCH_HEADER_BITS + (long) patchCount * (gapWidth + patchWidth);
    }
    if (cost < bits) {
      bits = cost;
      base = newBase;
      width = newWidth;
    }
  }

  private void tryMinimum(long[] d, int n, long min) {
    Arrays.fill(aboveMin, 0);
    for (int i = 0; i < n; i++) {
      aboveMin[64 - Long.numberOfLeadingZeros(d[i] - min)]++;
    }
    int longest = width;
    int patched = 0;
    for (int w = longest; w > 0; w--) {
      patched += aboveMin[w];
      offer(min, w - 1, n, patched, Math.min(64, longest + 1));
    }
  }

  /// Bases 0 (negative numbers are patched) and -2^(w-1).
  private void trySigned(int n) {
    int longestPositive = longest(positive);
    int longestNegative = longest(negative);
    int longest = Math.max(longestPositive, longestNegative);
    int patchWidth = Math.min(64, longest + 2);
    int allNegative = 0;
    for (int k = 0; k <= longestNegative; k++) {
      allNegative += negative[k];
    }
    int over = 0;
    int overNegative = 0;
    for (int w = longest; w >= 0; w--) {
      // Numbers of more than w bits are outside.
      offer(0, w, n, over + allNegative, patchWidth);
      if (w < 63) {
        offer(-1L << w, w + 1, n, over + overNegative, patchWidth);
      }
      over += positive[w];
      overNegative += negative[w];
    }
  }

  private static int longest(int[] histogram) {
    int k = 64;
    while (k > 0 && histogram[k] == 0) {
      k--;
    }
    return k;
  }

  private void tryMajority(long[] d, int n, long candidate) {
    int others = 0;
    long all = 0;
    for (int i = 0; i < n; i++) {
      long u = d[i] - candidate;
      if (u != 0) {
        others++;
        all |= u << 1 ^ u >> 63;
      }
    }
    offer(candidate, 0, n, others, BitPacking.bitLength(all));
  }
}
