package io.foursight.wire.metrics;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.model.metrics.SampleColumns;
import java.util.Arrays;

/// Reads Prometheus chunks, bit by bit and without any cleverness: the oracle of the chunk tests.
final class ChunkDecoder {
  private final byte[] data;
  private int bit;

  private ChunkDecoder(byte[] data) {
    this.data = data;
  }

  static void decode(int type, byte[] data, SampleColumns into) {
    var in = new ChunkDecoder(data);
    int n = (int) in.bits(16);
    switch (type) {
      case 1 -> in.floats(n, into);
      case 2 -> in.integers(n, into);
      case 3 -> in.floatHistograms(n, into);
      default -> throw new IllegalArgumentException("type " + type);
    }
  }

  private long bits(int n) {
    long v = 0;
    for (int i = 0; i < n; i++, bit++) {
      v = v << 1 | data[bit >> 3] >> 7 - (bit & 7) & 1;
    }
    return v;
  }

  private long uvarint() {
    long v = 0;
    for (int shift = 0; ; shift += 7) {
      long b = bits(8);
      v |= (b & 0x7f) << shift;
      if (b < 0x80) {
        return v;
      }
    }
  }

  private static long signed(long v, int n) {
    return v > 1L << n - 1 ? v - (1L << n) : v;
  }

  private int prefix(int max) {
    int ones = 0;
    while (ones < max && bits(1) == 1) {
      ones++;
    }
    return ones;
  }

  private static final int[] WIDTHS = {0, 3, 6, 9, 12, 18, 25, 56, 64};

  private long varbitInt() {
    int n = WIDTHS[prefix(8)];
    return n == 0 ? 0 : n == 64 ? bits(64) : signed(bits(n), n);
  }

  private long varbitUint() {
    int n = WIDTHS[prefix(8)];
    return n == 0 ? 0 : bits(n);
  }

  private final class Xor {
    double value;
    int leading;
    int trailing;

    double first() {
      value = Double.longBitsToDouble(bits(64));
      return value;
    }

    double next() {
      if (bits(1) == 0) {
        return value;
      }
      if (bits(1) == 1) {
        leading = (int) bits(5);
        int significant = (int) bits(6);
        trailing = 64 - leading - (significant == 0 ? 64 : significant);
      }
      long delta = bits(64 - leading - trailing) << trailing;
      value = Double.longBitsToDouble(Double.doubleToRawLongBits(value) ^ delta);
      return value;
    }
  }

  private void floats(int n, SampleColumns into) {
    var xor = new Xor();
    long t = 0;
    long delta = 0;
    for (int i = 0; i < n; i++) {
      if (i == 0) {
        long v = uvarint();
        t = v >>> 1 ^ -(v & 1);
        into.add(t, xor.first());
        continue;
      }
      if (i == 1) {
        delta = uvarint();
      } else {
        int width = new int[] {0, 14, 17, 20, 64}[prefix(4)];
        delta += width == 0 ? 0 : width == 64 ? bits(64) : signed(bits(width), width);
      }
      t += delta;
      into.add(t, xor.next());
    }
  }

  private int flags;
  private double threshold;
  private int schema;
  private int[] positiveSpans;
  private int[] negativeSpans;
  private double[] custom = {};

  private void layout() {
    flags = (int) bits(8);
    int b = (int) bits(8);
    threshold =
        b == 0 ? 0 : b == 255 ? Double.longBitsToDouble(bits(64)) : Math.scalb(0.5, b - 243);
    schema = (int) varbitInt();
    positiveSpans = spans();
    negativeSpans = spans();
    if (schema == -53) {
      custom = new double[(int) varbitUint()];
      for (int i = 0; i < custom.length; i++) {
        long v = varbitUint();
        custom[i] = v == 0 ? Double.longBitsToDouble(bits(64)) : (v - 1) / 1000.0;
      }
    }
  }

  private int[] spans() {
    int[] spans = new int[2 * (int) varbitUint()];
    for (int i = 0; i < spans.length; i += 2) {
      spans[i + 1] = (int) varbitUint();
      spans[i] = (int) varbitInt();
    }
    return spans;
  }

  private static int buckets(int[] spans) {
    int n = 0;
    for (int i = 1; i < spans.length; i += 2) {
      n += spans[i];
    }
    return n;
  }

  private ResetHint hint(int row) {
    if ((flags & 0xc0) == 0xc0) {
      return ResetHint.GAUGE;
    }
    return row > 0 ? ResetHint.NOT_RESET : ResetHint.UNKNOWN;
  }

  private void integers(int n, SampleColumns into) {
    layout();
    int p = buckets(positiveSpans);
    int all = p + buckets(negativeSpans);
    long[] current = new long[3 + all];
    long[] delta = new long[3 + all];
    var sum = new Xor();
    for (int row = 0; row < n; row++) {
      for (int i = 0; i < 3; i++) {
        long v = row == 0 && i > 0 || row == 1 && i == 0 ? varbitUint() : varbitInt();
        step(current, delta, i, v, row);
      }
      double s = row == 0 ? sum.first() : sum.next();
      for (int i = 3; i < current.length; i++) {
        step(current, delta, i, varbitInt(), row);
      }
      double[] counts = new double[all];
      for (int i = 0; i < all; i++) {
        counts[i] = current[3 + i] + (i == 0 || i == p ? 0 : counts[i - 1]);
      }
      into.add(
          current[0],
          0,
          new NativeHistogram(
              true,
              hint(row),
              schema,
              threshold,
              current[2],
              current[1],
              s,
              positiveSpans,
              Arrays.copyOf(counts, p),
              negativeSpans,
              Arrays.copyOfRange(counts, p, all),
              custom));
    }
  }

  private static void step(long[] current, long[] delta, int i, long v, int row) {
    if (row == 0) {
      current[i] = v;
    } else {
      delta[i] = row == 1 ? v : delta[i] + v;
      current[i] += delta[i];
    }
  }

  private void floatHistograms(int n, SampleColumns into) {
    layout();
    int p = buckets(positiveSpans);
    int all = p + buckets(negativeSpans);
    var columns = new Xor[3 + all];
    Arrays.setAll(columns, i -> new Xor());
    long t = 0;
    long delta = 0;
    for (int row = 0; row < n; row++) {
      if (row == 0) {
        t = varbitInt();
      } else {
        delta = row == 1 ? varbitUint() : delta + varbitInt();
        t += delta;
      }
      double[] values = new double[columns.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = row == 0 ? columns[i].first() : columns[i].next();
      }
      into.add(
          t,
          0,
          new NativeHistogram(
              false,
              hint(row),
              schema,
              threshold,
              values[1],
              values[0],
              values[2],
              positiveSpans,
              Arrays.copyOfRange(values, 3, 3 + p),
              negativeSpans,
              Arrays.copyOfRange(values, 3 + p, values.length),
              custom));
    }
  }
}
