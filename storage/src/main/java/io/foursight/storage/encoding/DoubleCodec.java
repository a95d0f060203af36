package io.foursight.storage.encoding;

import java.util.Arrays;

/// Up to [LongCodec#MAX_COUNT] doubles, bit by bit as they came. Decimals become integers `m` with
/// `v == m / 10^exponent` (checked with that very division); what is no such decimal (NaN patterns,
/// infinities, -0, odd floats) is patched in. Columns that are mostly odd are coded over their bit
/// patterns instead, in an order-preserving form.
///
/// ```
/// | head u8 | [patches] | longs: LongCodec |
/// head bits 0-4: exponent 0..18, 31 = bit patterns; bit 5: patches
/// patches: | count varint | (gap varint, kind u8, [bits u64 when kind is 0])* |
/// kinds: 0 raw, 1 stale marker, 2 the usual NaN of Prometheus, 3 +Inf, 4 -Inf, 5 -0.0
/// ```
///
/// Gaps are distances minus one between patched rows. Holds scratch space; one thread.
public final class DoubleCodec {
  private static final int BITS = 31;
  private static final int HAS_PATCHES = 32;
  private static final int MAX_EXPONENT = 18;
  private static final double MAX_INTEGER = 1L << 52;
  private static final long NEGATIVE_ZERO = Long.MIN_VALUE;
  private static final long[] KINDS = {
    0,
    0x7ff0000000000002L,
    0x7ff8000000000001L,
    0x7ff0000000000000L,
    0xfff0000000000000L,
    NEGATIVE_ZERO
  };
  private static final double[] POWERS = new double[MAX_EXPONENT + 1];

  static {
    double power = 1;
    for (int i = 0; i <= MAX_EXPONENT; i++) {
      POWERS[i] = power;
      power *= 10;
    }
  }

  private final LongCodec longs = new LongCodec();
  private final long[] integers = new long[LongCodec.MAX_COUNT];
  private final int[] odd = new int[LongCodec.MAX_COUNT];
  private final ByteWriter decimal = new ByteWriter(1 << 14);
  private final ByteWriter pattern = new ByteWriter(1 << 14);
  private int oddCount;

  /// Appends the code of `v[offset .. offset + n)`, `n` in 1..[LongCodec#MAX_COUNT].
  public void encode(double[] v, int offset, int n, ByteWriter out) {
    int exponent = exponent(v, offset, n);
    if (exponent >= 0 && toIntegers(v, offset, n, exponent)) {
      decimal.clear();
      encodeDecimal(v, offset, n, exponent);
      // Many bits a value hint at floats that only look decimal.
      if (decimal.size() < 4L * n + 16) {
        out.bytes(decimal);
        return;
      }
      pattern.clear();
      encodePattern(v, offset, n, pattern);
      out.bytes(pattern.size() < decimal.size() ? pattern : decimal);
      return;
    }
    encodePattern(v, offset, n, out);
  }

  /// The smallest exponent that suits every value that has one; -1 when too many have none.
  private static int exponent(double[] v, int offset, int n) {
    int exponent = 0;
    int allowed = n / 8 + 1;
    int failures = 0;
    for (int i = offset; i < offset + n; i++) {
      double x = v[i];
      if (isExact(x, exponent)) {
        continue;
      }
      if (isSpecial(x)) {
        continue;
      }
      int e = exponent + 1;
      while (e <= MAX_EXPONENT && !isExact(x, e)) {
        e++;
      }
      if (e <= MAX_EXPONENT) {
        exponent = e;
      } else if (++failures > allowed) {
        return -1;
      }
    }
    return exponent;
  }

  private static boolean isSpecial(double x) {
    return !(Math.abs(x) <= Double.MAX_VALUE) || Double.doubleToRawLongBits(x) == NEGATIVE_ZERO;
  }

  private static boolean isExact(double x, int exponent) {
    double scaled = exponent == 0 ? x : x * POWERS[exponent];
    if (!(Math.abs(scaled) < MAX_INTEGER)) {
      return false;
    }
    long m = (long) Math.rint(scaled);
    double back = exponent == 0 ? (double) m : m / POWERS[exponent];
    return Double.doubleToRawLongBits(back) == Double.doubleToRawLongBits(x);
  }

  /// Fills `integers`, with a neighbour's number at odd rows; false when odd rows are too many.
  private boolean toIntegers(double[] v, int offset, int n, int exponent) {
    oddCount = 0;
    double power = POWERS[exponent];
    long last = 0;
    boolean seen = false;
    int allowed = n / 4 + 1;
    for (int i = 0; i < n; i++) {
      double x = v[offset + i];
      double scaled = exponent == 0 ? x : x * power;
      if (Math.abs(scaled) < MAX_INTEGER) {
        long m = (long) Math.rint(scaled);
        double back = exponent == 0 ? (double) m : m / power;
        if (Double.doubleToRawLongBits(back) == Double.doubleToRawLongBits(x)) {
          if (!seen) {
            seen = true;
            Arrays.fill(integers, 0, i, m);
          }
          integers[i] = m;
          last = m;
          continue;
        }
      }
      if (oddCount >= allowed) {
        return false;
      }
      odd[oddCount++] = i;
      integers[i] = last;
    }
    return seen;
  }

  private void encodeDecimal(double[] v, int offset, int n, int exponent) {
    decimal.u8(exponent | (oddCount > 0 ? HAS_PATCHES : 0));
    if (oddCount > 0) {
      decimal.varint(oddCount);
      int last = -1;
      for (int i = 0; i < oddCount; i++) {
        decimal.varint(odd[i] - last - 1L);
        last = odd[i];
        long bits = Double.doubleToRawLongBits(v[offset + last]);
        int kind = KINDS.length - 1;
        while (kind > 0 && KINDS[kind] != bits) {
          kind--;
        }
        decimal.u8(kind);
        if (kind == 0) {
          decimal.u64(bits);
        }
      }
    }
    longs.encode(integers, n, decimal);
  }

  private void encodePattern(double[] v, int offset, int n, ByteWriter out) {
    for (int i = 0; i < n; i++) {
      integers[i] = ordered(Double.doubleToRawLongBits(v[offset + i]));
    }
    out.u8(BITS);
    longs.encode(integers, n, out);
  }

  /// Its own inverse: negative doubles ascend like their values.
  private static long ordered(long bits) {
    return bits ^ (bits >> 63 & Long.MAX_VALUE);
  }

  /// Reads `n` doubles to `into[at .. at + n)`.
  public void decode(ByteReader in, int n, double[] into, int at) {
    int head = in.u8();
    int exponent = head & 31;
    if (exponent > MAX_EXPONENT && exponent != BITS || head > 63) {
      throw in.corrupt("column head " + head);
    }
    if ((head & HAS_PATCHES) == 0) {
      decodeLongs(in, n, exponent, into, at);
      return;
    }
    int count = in.varint(n);
    var bits = new long[count];
    int row = -1;
    for (int i = 0; i < count; i++) {
      row += 1 + in.varint(n - row - 2);
      odd[i] = row;
      int kind = in.u8();
      if (kind >= KINDS.length) {
        throw in.corrupt("patch kind " + kind);
      }
      bits[i] = kind == 0 ? in.u64() : KINDS[kind];
    }
    decodeLongs(in, n, exponent, into, at);
    for (int i = 0; i < count; i++) {
      into[at + odd[i]] = Double.longBitsToDouble(bits[i]);
    }
  }

  private void decodeLongs(ByteReader in, int n, int exponent, double[] into, int at) {
    if (LongCodec.isConstant(in)) {
      long number = LongCodec.constant(in);
      double value =
          exponent == BITS ? Double.longBitsToDouble(ordered(number)) : number / POWERS[exponent];
      Arrays.fill(into, at, at + n, value);
      return;
    }
    long[] m = integers;
    longs.decode(in, n, m);
    if (exponent == 0) {
      for (int i = 0; i < n; i++) {
        into[at + i] = m[i];
      }
    } else if (exponent == BITS) {
      for (int i = 0; i < n; i++) {
        into[at + i] = Double.longBitsToDouble(ordered(m[i]));
      }
    } else {
      double power = POWERS[exponent];
      for (int i = 0; i < n; i++) {
        into[at + i] = m[i] / power;
      }
    }
  }
}
