package io.foursight.storage.encoding;

import java.util.Arrays;

/// Up to [#MAX_COUNT] longs as a small header and bit-packed residuals; every long round-trips. All
/// arithmetic is modulo 2^64.
///
/// ```
/// | mode u8 | first zigzag | [gcd varint] | [slope zigzag] | base zigzag | width u8 | [patches] | packed |
/// mode bits 0-2: 0 constant (nothing follows `first`), 1 plain, 2 delta, 3 linear; bit 3: gcd; bit 4: patches
/// patches: | count varint | gap width u8 | patch width u8 | gaps packed | patches packed |
/// ```
///
/// With `d[i] = base + u[i]` for rows 1..n-1, `u` being the packed numbers: plain `x[i] = first +
/// gcd * d[i]`, delta `x[i] = x[i-1] + gcd * d[i]`, linear `x[i] = first + gcd * (slope * i +
/// d[i])`. A patch replaces one `u`: gaps are distances minus one between patched rows, patches are
/// zigzag. An instance holds scratch space and belongs to one thread.
public final class LongCodec {
  public static final int MAX_COUNT = 1024;

  private static final int CONSTANT = 0;
  private static final int PLAIN = 1;
  private static final int DELTA = 2;
  private static final int LINEAR = 3;
  private static final int HAS_GCD = 8;
  private static final int HAS_PATCHES = 16;

  private final long[] quotients = new long[MAX_COUNT];
  private final long[] residuals = new long[MAX_COUNT];
  private final long[] patches = new long[MAX_COUNT];
  private final long[] gaps = new long[MAX_COUNT];
  private final PackingPlan plan = new PackingPlan();
  private final PackingPlan best = new PackingPlan();

  /// Appends the code of `x[0..n)`, `n` in 1..[#MAX_COUNT].
  public void encode(long[] x, int n, ByteWriter out) {
    long first = x[0];
    long gcd = gcd(x, n);
    if (gcd == 0) {
      out.u8(CONSTANT);
      out.zigzag(first);
      return;
    }
    long[] q = quotients;
    if (gcd == 1) {
      for (int i = 0; i < n; i++) {
        q[i] = x[i] - first;
      }
    } else {
      for (int i = 0; i < n; i++) {
        q[i] = (x[i] - first) / gcd;
      }
    }
    int mode = choose(q, n);
    long slope = mode == LINEAR ? slope(q, n) : 0;
    fill(mode, q, n, slope);
    emit(mode, first, gcd, slope, n - 1, out);
  }

  private int choose(long[] q, int n) {
    int mode = DELTA;
    fill(DELTA, q, n, 0);
    best.plan(residuals, n - 1);
    if (best.bits() > 0) {
      fill(PLAIN, q, n, 0);
      if (plan.plan(residuals, n - 1) < best.bits()) {
        best.copy(plan);
        mode = PLAIN;
      }
      long slope = slope(q, n);
      if (slope != 0 && best.bits() > 0) {
        fill(LINEAR, q, n, slope);
        if (plan.plan(residuals, n - 1) + 24 < best.bits()) {
          best.copy(plan);
          mode = LINEAR;
        }
      }
    }
    return mode;
  }

  private static long slope(long[] q, int n) {
    return n < 3 ? 0 : Math.round((double) (q[n - 1] - q[0]) / (n - 1));
  }

  private void fill(int mode, long[] q, int n, long slope) {
    long[] d = residuals;
    switch (mode) {
      case PLAIN -> System.arraycopy(q, 1, d, 0, n - 1);
      case DELTA -> {
        for (int i = 1; i < n; i++) {
          d[i - 1] = q[i] - q[i - 1];
        }
      }
      default -> {
        for (int i = 1; i < n; i++) {
          d[i - 1] = q[i] - slope * i;
        }
      }
    }
  }

  private void emit(int mode, long first, long gcd, long slope, int count, ByteWriter out) {
    long base = best.base();
    int width = best.width();
    int patchCount = 0;
    long allPatches = 0;
    long allGaps = 0;
    int last = -1;
    for (int i = 0; i < count; i++) {
      long u = residuals[i] - base;
      if (width < 64 && u >>> width != 0) {
        long zigzag = u << 1 ^ u >> 63;
        patches[patchCount] = zigzag;
        gaps[patchCount] = i - last - 1;
        allPatches |= zigzag;
        allGaps |= gaps[patchCount++];
        last = i;
        u = 0;
      }
      residuals[i] = u;
    }
    out.u8(mode | (gcd != 1 ? HAS_GCD : 0) | (patchCount > 0 ? HAS_PATCHES : 0));
    out.zigzag(first);
    if (gcd != 1) {
      out.varint(gcd);
    }
    if (mode == LINEAR) {
      out.zigzag(slope);
    }
    out.zigzag(base);
    out.u8(width);
    if (patchCount > 0) {
      int gapWidth = BitPacking.bitLength(allGaps);
      int patchWidth = BitPacking.bitLength(allPatches);
      out.varint(patchCount);
      out.u8(gapWidth);
      out.u8(patchWidth);
      BitPacking.pack(gaps, patchCount, gapWidth, out);
      BitPacking.pack(patches, patchCount, patchWidth, out);
    }
    BitPacking.pack(residuals, count, width, out);
  }

  /// The greatest common divisor of all distances to the first; 0 when all are equal, 1 when a
  /// distance overflows.
  private static long gcd(long[] x, int n) {
    long first = x[0];
    long g = 0;
    for (int i = 1; i < n; i++) {
      long d = x[i] - first;
      if (((x[i] ^ first) & (x[i] ^ d)) < 0 || d == Long.MIN_VALUE) {
        return 1;
      }
      if (d != 0 && g != 1) {
        g = g != 0 && d % g == 0 ? g : gcd(Math.abs(d), g);
      }
    }
    return g;
  }

  private static long gcd(long a, long b) {
    long x = a;
    long y = b;
    while (y != 0) {
      long t = x % y;
      x = y;
      y = t;
    }
    return x;
  }

  /// Whether the column that follows in `in` has one number throughout; [#constant] then reads it.
  static boolean isConstant(ByteReader in) {
    return in.remaining() > 0 && in.array()[in.position()] == CONSTANT;
  }

  static long constant(ByteReader in) {
    in.u8();
    return in.zigzag();
  }

  /// Reads `n` longs, the same number that was written.
  public void decode(ByteReader in, int n, long[] into) {
    int mode = in.u8();
    long first = in.zigzag();
    int kind = mode & 7;
    if (kind == CONSTANT) {
      Arrays.fill(into, 0, n, first);
      return;
    }
    if (kind > LINEAR || mode > 31) {
      throw in.corrupt("column mode " + mode);
    }
    long gcd = (mode & HAS_GCD) != 0 ? in.varint() : 1;
    long slope = kind == LINEAR ? in.zigzag() : 0;
    long base = in.zigzag() * gcd;
    int width = in.u8();
    int patchCount = 0;
    if ((mode & HAS_PATCHES) != 0) {
      patchCount = in.varint(n - 1);
      int gapWidth = in.u8();
      int patchWidth = in.u8();
      BitPacking.unpack(in, patchCount, gapWidth, gaps);
      BitPacking.unpack(in, patchCount, patchWidth, patches);
    }
    long[] u = residuals;
    BitPacking.unpack(in, n - 1, width, u);
    int at = -1;
    for (int i = 0; i < patchCount; i++) {
      long next = at + 1 + gaps[i];
      if (next < 0 || next >= n - 1) {
        throw in.corrupt("patch of row " + next + " of " + n);
      }
      at = (int) next;
      u[at] = patches[i] >>> 1 ^ -(patches[i] & 1);
    }
    into[0] = first;
    switch (kind) {
      case PLAIN -> {
        long start = first + base;
        for (int i = 1; i < n; i++) {
          into[i] = start + gcd * u[i - 1];
        }
      }
      case DELTA -> {
        long sum = first;
        if (gcd == 1) {
          for (int i = 1; i < n; i++) {
            sum += base + u[i - 1];
            into[i] = sum;
          }
        } else {
          for (int i = 1; i < n; i++) {
            sum += base + gcd * u[i - 1];
            into[i] = sum;
          }
        }
      }
      default -> {
        long line = first + base;
        long step = gcd * slope;
        for (int i = 1; i < n; i++) {
          line += step;
          into[i] = line + gcd * u[i - 1];
        }
      }
    }
  }
}
