package io.foursight.storage.metrics.prometheus;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.StaleMarker;
import java.util.Arrays;

/// Chunks of native histograms: encoding 2 (integer counts) and 3 (float counts). All histograms of
/// a chunk share one bucket layout; a stale marker has no buckets. The hint of the first is in the
/// chunk's head, later ones continue without a reset.
final class HistogramChunk {
  static final int INTEGER_ENCODING = 2;
  static final int FLOAT_ENCODING = 3;
  private static final double MAX_SHORT_BOUND = 33554430;

  private HistogramChunk() {}

  /// Whether a histogram may follow another in one chunk.
  static boolean continues(NativeHistogram last, NativeHistogram next) {
    if (last.isStale() || next.isStale()) {
      return last.isStale() && next.isStale();
    }
    boolean gauge = next.resetHint() == ResetHint.GAUGE;
    return last.integer() == next.integer()
        && last.schema() == next.schema()
        && last.zeroThreshold() == next.zeroThreshold()
        && Arrays.equals(last.positiveSpans(), next.positiveSpans())
        && Arrays.equals(last.negativeSpans(), next.negativeSpans())
        && Arrays.equals(last.customValues(), next.customValues())
        && last.positiveBuckets().length == next.positiveBuckets().length
        && last.negativeBuckets().length == next.negativeBuckets().length
        && gauge == (last.resetHint() == ResetHint.GAUGE)
        && (gauge || next.resetHint() != ResetHint.RESET && !decreases(last, next));
  }

  private static boolean decreases(NativeHistogram last, NativeHistogram next) {
    return next.count() < last.count()
        || next.zeroCount() < last.zeroCount()
        || anyLess(next.positiveBuckets(), last.positiveBuckets())
        || anyLess(next.negativeBuckets(), last.negativeBuckets());
  }

  private static boolean anyLess(double[] a, double[] b) {
    for (int i = 0; i < a.length; i++) {
      if (a[i] < b[i]) {
        return true;
      }
    }
    return false;
  }

  static int encoding(NativeHistogram h) {
    return h.integer() ? INTEGER_ENCODING : FLOAT_ENCODING;
  }

  static BitWriter encode(SampleColumns samples, int from, int to) {
    var out = new BitWriter();
    NativeHistogram first = samples.histogram(from);
    out.bits(to - from, 16);
    out.bits(
        switch (first.resetHint()) {
          case UNKNOWN -> 0;
          case RESET -> 0x80;
          case NOT_RESET -> 0x40;
          case GAUGE -> 0xc0;
        },
        8);
    writeLayout(first, out);
    if (first.integer()) {
      writeIntegers(samples, from, to, out);
    } else {
      writeFloats(samples, from, to, out);
    }
    return out;
  }

  private static void writeLayout(NativeHistogram h, BitWriter out) {
    double threshold = h.zeroThreshold();
    int exponent = Math.getExponent(threshold) + 1;
    if (threshold == 0) {
      out.bits(0, 8);
    } else if (threshold == Math.scalb(0.5, exponent) && exponent >= -242 && exponent <= 11) {
      out.bits(exponent + 243, 8);
    } else {
      out.bits(255, 8);
      out.bits(Double.doubleToRawLongBits(threshold), 64);
    }
    out.varbitInt(h.schema());
    writeSpans(h.positiveSpans(), out);
    writeSpans(h.negativeSpans(), out);
    if (h.hasCustomBuckets()) {
      out.varbitUint(h.customValues().length);
      for (double bound : h.customValues()) {
        double scaled = bound * 1000;
        if (scaled >= 0 && scaled <= MAX_SHORT_BOUND && Math.rint(scaled) / 1000 == bound) {
          out.varbitUint(Math.round(scaled) + 1);
        } else {
          out.bit(false);
          out.bits(Double.doubleToRawLongBits(bound), 64);
        }
      }
    }
  }

  private static void writeSpans(int[] spans, BitWriter out) {
    out.varbitUint(spans.length / 2);
    for (int i = 0; i < spans.length; i += 2) {
      out.varbitUint(spans[i + 1]);
      out.varbitInt(spans[i]);
    }
  }

  /// Count, zero count and spatial bucket differences as integers.
  private static long[] integers(NativeHistogram h) {
    double[] p = h.positiveBuckets();
    double[] n = h.negativeBuckets();
    var all = new long[2 + p.length + n.length];
    all[0] = (long) h.count();
    all[1] = (long) h.zeroCount();
    for (int i = 0; i < p.length; i++) {
      all[2 + i] = (long) p[i] - (i == 0 ? 0 : (long) p[i - 1]);
    }
    for (int i = 0; i < n.length; i++) {
      all[2 + p.length + i] = (long) n[i] - (i == 0 ? 0 : (long) n[i - 1]);
    }
    return all;
  }

  private static void writeIntegers(SampleColumns samples, int from, int to, BitWriter out) {
    var sum = new XorValue();
    long[] last = integers(samples.histogram(from));
    long[] deltas = new long[last.length];
    out.varbitInt(samples.timestamp(from));
    out.varbitUint(last[0]);
    out.varbitUint(last[1]);
    sum.writeFirst(samples.histogram(from).sum(), out);
    for (int i = 2; i < last.length; i++) {
      out.varbitInt(last[i]);
    }
    long timeDelta = 0;
    for (int row = from + 1; row < to; row++) {
      long newTimeDelta = samples.timestamp(row) - samples.timestamp(row - 1);
      out.varbitInt(newTimeDelta - timeDelta);
      timeDelta = newTimeDelta;
      long[] now = integers(samples.histogram(row));
      for (int i = 0; i < now.length; i++) {
        if (i == 2) {
          sum.write(samples.histogram(row).sum(), out);
        }
        long delta = now[i] - last[i];
        out.varbitInt(delta - deltas[i]);
        deltas[i] = delta;
      }
      if (now.length == 2) {
        sum.write(samples.histogram(row).sum(), out);
      }
      last = now;
    }
  }

  private static double[] floats(NativeHistogram h) {
    double[] p = h.positiveBuckets();
    double[] n = h.negativeBuckets();
    var all = new double[3 + p.length + n.length];
    all[0] = h.count();
    all[1] = h.zeroCount();
    all[2] = h.sum();
    System.arraycopy(p, 0, all, 3, p.length);
    System.arraycopy(n, 0, all, 3 + p.length, n.length);
    return all;
  }

  private static void writeFloats(SampleColumns samples, int from, int to, BitWriter out) {
    double[] first = floats(samples.histogram(from));
    var columns = columns(first.length);
    out.varbitInt(samples.timestamp(from));
    for (int i = 0; i < first.length; i++) {
      columns[i].writeFirst(first[i], out);
    }
    long timeDelta = 0;
    for (int row = from + 1; row < to; row++) {
      long newTimeDelta = samples.timestamp(row) - samples.timestamp(row - 1);
      out.varbitInt(newTimeDelta - timeDelta);
      timeDelta = newTimeDelta;
      double[] now = floats(samples.histogram(row));
      for (int i = 0; i < now.length; i++) {
        columns[i].write(now[i], out);
      }
    }
  }

  private static XorValue[] columns(int count) {
    var columns = new XorValue[count];
    Arrays.setAll(columns, i -> new XorValue());
    return columns;
  }

  /// What a chunk says once.
  private record Layout(
      boolean integer,
      ResetHint firstHint,
      double zeroThreshold,
      int schema,
      int[] positiveSpans,
      int[] negativeSpans,
      double[] customValues,
      int positive,
      int negative) {
    NativeHistogram histogram(
        int row, double count, double zeroCount, double sum, double[] p, double[] n) {
      ResetHint hint = row == 0 || firstHint == ResetHint.GAUGE ? firstHint : ResetHint.NOT_RESET;
      return new NativeHistogram(
          integer,
          hint,
          schema,
          zeroThreshold,
          zeroCount,
          count,
          sum,
          positiveSpans,
          p,
          negativeSpans,
          n,
          customValues);
    }
  }

  static void decode(BitReader in, int encoding, SampleColumns into) {
    int count = (int) in.bits(16);
    if (count == 0) {
      return;
    }
    ResetHint hint =
        switch ((int) in.bits(8) >>> 6) {
          case 0 -> ResetHint.UNKNOWN;
          case 1 -> ResetHint.NOT_RESET;
          case 2 -> ResetHint.RESET;
          default -> ResetHint.GAUGE;
        };
    int head = (int) in.bits(8);
    double threshold =
        head == 0
            ? 0
            : head == 255 ? Double.longBitsToDouble(in.bits(64)) : Math.scalb(0.5, head - 243);
    int schema = (int) in.varbitInt();
    int[] positiveSpans = readSpans(in);
    int[] negativeSpans = readSpans(in);
    double[] customValues =
        schema == NativeHistogram.CUSTOM_BUCKETS ? readBounds(in) : new double[0];
    var layout =
        new Layout(
            encoding == INTEGER_ENCODING,
            hint,
            threshold,
            schema,
            positiveSpans,
            negativeSpans,
            customValues,
            buckets(in, positiveSpans),
            buckets(in, negativeSpans));
    if (layout.integer) {
      readIntegers(in, layout, count, into);
    } else {
      readFloats(in, layout, count, into);
    }
  }

  private static int[] readSpans(BitReader in) {
    long count = in.varbitUint();
    if (count < 0 || count > 1 << 16) {
      throw in.corrupt(count + " spans");
    }
    var spans = new int[2 * (int) count];
    for (int i = 0; i < spans.length; i += 2) {
      spans[i + 1] = (int) in.varbitUint();
      spans[i] = (int) in.varbitInt();
    }
    return spans;
  }

  private static int buckets(BitReader in, int[] spans) {
    long buckets = 0;
    for (int i = 1; i < spans.length; i += 2) {
      buckets += spans[i];
      if (spans[i] < 0 || buckets > 1 << 16) {
        throw in.corrupt(buckets + " buckets");
      }
    }
    return (int) buckets;
  }

  private static double[] readBounds(BitReader in) {
    long count = in.varbitUint();
    if (count < 0 || count > 1 << 16) {
      throw in.corrupt(count + " bounds");
    }
    var bounds = new double[(int) count];
    for (int i = 0; i < bounds.length; i++) {
      long n = in.varbitUint();
      bounds[i] = n == 0 ? Double.longBitsToDouble(in.bits(64)) : (n - 1) / 1000.0;
    }
    return bounds;
  }

  private static void readIntegers(BitReader in, Layout layout, int count, SampleColumns into) {
    var sum = new XorValue();
    var now = new long[2 + layout.positive + layout.negative];
    var deltas = new long[now.length];
    long t = in.varbitInt();
    now[0] = in.varbitUint();
    now[1] = in.varbitUint();
    sum.readFirst(in);
    for (int i = 2; i < now.length; i++) {
      now[i] = in.varbitInt();
    }
    addIntegers(0, t, layout, now, sum.value(), into);
    long timeDelta = 0;
    for (int row = 1; row < count; row++) {
      timeDelta += in.varbitInt();
      t += timeDelta;
      for (int i = 0; i < 2; i++) {
        deltas[i] += in.varbitInt();
        now[i] += deltas[i];
      }
      if (StaleMarker.isStale(sum.read(in))) {
        into.add(t, 0, NativeHistogram.stale());
        continue;
      }
      for (int i = 2; i < now.length; i++) {
        deltas[i] += in.varbitInt();
        now[i] += deltas[i];
      }
      addIntegers(row, t, layout, now, sum.value(), into);
    }
  }

  private static void addIntegers(
      int row, long t, Layout layout, long[] now, double sum, SampleColumns into) {
    if (StaleMarker.isStale(sum)) {
      into.add(t, 0, NativeHistogram.stale());
      return;
    }
    var p = new double[layout.positive];
    var n = new double[layout.negative];
    long bucket = 0;
    for (int i = 0; i < p.length; i++) {
      bucket += now[2 + i];
      p[i] = bucket;
    }
    bucket = 0;
    for (int i = 0; i < n.length; i++) {
      bucket += now[2 + p.length + i];
      n[i] = bucket;
    }
    into.add(t, 0, layout.histogram(row, now[0], now[1], sum, p, n));
  }

  private static void readFloats(BitReader in, Layout layout, int count, SampleColumns into) {
    var columns = columns(3 + layout.positive + layout.negative);
    long t = in.varbitInt();
    long timeDelta = 0;
    for (int row = 0; row < count; row++) {
      if (row > 0) {
        timeDelta += in.varbitInt();
        t += timeDelta;
      }
      boolean stale = false;
      for (int i = 0; i < columns.length && !stale; i++) {
        double v = row == 0 ? columns[i].readFirst(in) : columns[i].read(in);
        // A stale marker carries no buckets.
        stale = i == 2 && row > 0 && StaleMarker.isStale(v);
      }
      double sum = columns[2].value();
      if (StaleMarker.isStale(sum)) {
        into.add(t, 0, NativeHistogram.stale());
        continue;
      }
      var p = new double[layout.positive];
      var n = new double[layout.negative];
      Arrays.setAll(p, i -> columns[3 + i].value());
      Arrays.setAll(n, i -> columns[3 + p.length + i].value());
      into.add(t, 0, layout.histogram(row, columns[0].value(), columns[1].value(), sum, p, n));
    }
  }
}
