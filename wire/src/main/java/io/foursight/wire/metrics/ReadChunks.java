package io.foursight.wire.metrics;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.model.metrics.SampleColumns;
import java.util.Arrays;

/// Cuts the samples of one series into Prometheus chunks: XOR for floats, histogram and float
/// histogram chunks for native histograms. Bit formats as in Prometheus's
/// `tsdb/docs/format/chunks.md`. Reused; owned by one thread.
///
/// A histogram chunk has one bucket layout and no counter reset inside (readers take every sample
/// but the first for "not reset"), so a new one begins where the layout, the kind, or gauge-ness
/// changes, where a reset is claimed or visible, and around stale markers.
final class ReadChunks {
  static final int XOR = 1;
  static final int HISTOGRAM = 2;
  static final int FLOAT_HISTOGRAM = 3;

  private static final int MAX_SAMPLES = 120;
  private static final int MAX_HISTOGRAM_BYTES = 1024;

  /// Takes the chunks in the order of their time.
  interface Consumer {
    void chunk(long minMillis, long maxMillis, int type, byte[] data);
  }

  private final BitWriter out = new BitWriter();

  void write(SampleColumns samples, Consumer consumer) {
    int row = 0;
    while (row < samples.size()) {
      int end = samples.isHistogram(row) ? histograms(samples, row) : floats(samples, row);
      int type =
          !samples.isHistogram(row)
              ? XOR
              : samples.histogram(row).integer() ? HISTOGRAM : FLOAT_HISTOGRAM;
      consumer.chunk(samples.timestamp(row), samples.timestamp(end - 1), type, out.toByteArray());
      row = end;
    }
  }

  private int floats(SampleColumns samples, int from) {
    var values = new XorValue();
    out.clear();
    out.bits(0, 16);
    long previousDelta = 0;
    int row = from;
    for (; row < samples.size() && row - from < MAX_SAMPLES && !samples.isHistogram(row); row++) {
      long t = samples.timestamp(row);
      if (row == from) {
        out.varint(t);
        values.first(out, samples.value(row));
        continue;
      }
      long delta = t - samples.timestamp(row - 1);
      if (row == from + 1) {
        out.uvarint(delta);
      } else {
        floatTimestamp(delta - previousDelta);
      }
      previousDelta = delta;
      values.next(out, samples.value(row));
    }
    out.patch16(0, row - from);
    return row;
  }

  private void floatTimestamp(long deltaOfDelta) {
    if (deltaOfDelta == 0) {
      out.bits(0, 1);
    } else if (BitWriter.fits(deltaOfDelta, 14)) {
      out.bits(0b10, 2);
      out.bits(deltaOfDelta, 14);
    } else if (BitWriter.fits(deltaOfDelta, 17)) {
      out.bits(0b110, 3);
      out.bits(deltaOfDelta, 17);
    } else if (BitWriter.fits(deltaOfDelta, 20)) {
      out.bits(0b1110, 4);
      out.bits(deltaOfDelta, 20);
    } else {
      out.bits(0b1111, 4);
      out.bits(deltaOfDelta, 64);
    }
  }

  private int histograms(SampleColumns samples, int from) {
    NativeHistogram first = samples.histogram(from);
    out.clear();
    out.bits(0, 16);
    out.byte8(
        switch (first.resetHint()) {
          case RESET -> 0b10000000;
          case NOT_RESET -> 0b01000000;
          case GAUGE -> 0b11000000;
          case UNKNOWN -> 0;
        });
    NativeHistogram shape = first.isStale() ? NativeHistogram.stale() : first;
    layout(shape);
    int row = from + 1;
    if (first.integer()) {
      var body = new IntegerHistograms(shape, samples.timestamp(from));
      for (; fits(samples, from, row); row++) {
        body.next(samples.timestamp(row), samples.histogram(row));
      }
    } else {
      var body = new FloatHistograms(shape, samples.timestamp(from));
      for (; fits(samples, from, row); row++) {
        body.next(samples.timestamp(row), samples.histogram(row));
      }
    }
    out.patch16(0, row - from);
    return row;
  }

  private boolean fits(SampleColumns samples, int from, int row) {
    if (row >= samples.size()
        || row - from >= MAX_SAMPLES
        || out.size() > MAX_HISTOGRAM_BYTES
        || !samples.isHistogram(row)) {
      return false;
    }
    NativeHistogram first = samples.histogram(from);
    NativeHistogram h = samples.histogram(row);
    if (first.isStale()
        || h.isStale()
        || h.integer() != first.integer()
        || h.schema() != first.schema()
        || h.zeroThreshold() != first.zeroThreshold()
        || !Arrays.equals(h.positiveSpans(), first.positiveSpans())
        || !Arrays.equals(h.negativeSpans(), first.negativeSpans())
        || !Arrays.equals(h.customValues(), first.customValues())) {
      return false;
    }
    boolean gauge = first.resetHint() == ResetHint.GAUGE;
    if (gauge || h.resetHint() == ResetHint.GAUGE) {
      return gauge && h.resetHint() == ResetHint.GAUGE;
    }
    return h.resetHint() != ResetHint.RESET && !falls(samples.histogram(row - 1), h);
  }

  private static boolean falls(NativeHistogram before, NativeHistogram now) {
    return now.count() < before.count()
        || now.zeroCount() < before.zeroCount()
        || anyFalls(before.positiveBuckets(), now.positiveBuckets())
        || anyFalls(before.negativeBuckets(), now.negativeBuckets());
  }

  private static boolean anyFalls(double[] before, double[] now) {
    for (int i = 0; i < now.length; i++) {
      if (now[i] < before[i]) {
        return true;
      }
    }
    return false;
  }

  private void layout(NativeHistogram h) {
    zeroThreshold(h.zeroThreshold());
    out.varbitInt(h.schema());
    spans(h.positiveSpans());
    spans(h.negativeSpans());
    if (h.hasCustomBuckets()) {
      out.varbitUint(h.customValues().length);
      for (double bound : h.customValues()) {
        customBound(bound);
      }
    }
  }

  private void zeroThreshold(double threshold) {
    long bits = Double.doubleToRawLongBits(threshold);
    int exponent = (int) (bits >>> 52) - 1022;
    boolean powerOfTwo = (bits & 0xfffffffffffffL) == 0;
    if (threshold == 0) {
      out.byte8(0);
    } else if (powerOfTwo && exponent >= -242 && exponent <= 11) {
      out.byte8(exponent + 243);
    } else {
      out.byte8(255);
      out.bits(bits, 64);
    }
  }

  private void spans(int[] spans) {
    out.varbitUint(spans.length / 2);
    for (int i = 0; i < spans.length; i += 2) {
      out.varbitUint(spans[i + 1]);
      out.varbitInt(spans[i]);
    }
  }

  private void customBound(double bound) {
    double thousands = bound * 1000;
    long whole = Math.round(thousands);
    if (thousands < 0 || thousands > 33_554_430 || whole / 1000.0 != bound) {
      out.bit(false);
      out.bits(Double.doubleToRawLongBits(bound), 64);
    } else {
      out.varbitUint(whole + 1);
    }
  }

  private static long[] deltas(double[] counts) {
    long[] deltas = new long[counts.length];
    long previous = 0;
    for (int i = 0; i < counts.length; i++) {
      deltas[i] = (long) counts[i] - previous;
      previous = (long) counts[i];
    }
    return deltas;
  }

  /// Everything as integers: raw, then differences, then differences of differences; the sum as
  /// XOR.
  private final class IntegerHistograms {
    private final XorValue sum = new XorValue();
    private long timestamp;
    private long timestampDelta;
    private long count;
    private long countDelta;
    private long zero;
    private long zeroDelta;
    private long[] positive;
    private long[] positiveDelta;
    private long[] negative;
    private long[] negativeDelta;
    private int rows = 1;

    IntegerHistograms(NativeHistogram h, long t) {
      timestamp = t;
      count = (long) h.count();
      zero = (long) h.zeroCount();
      positive = deltas(h.positiveBuckets());
      negative = deltas(h.negativeBuckets());
      positiveDelta = new long[positive.length];
      negativeDelta = new long[negative.length];
      out.varbitInt(t);
      out.varbitUint(count);
      out.varbitUint(zero);
      sum.first(out, h.sum());
      for (long d : positive) {
        out.varbitInt(d);
      }
      for (long d : negative) {
        out.varbitInt(d);
      }
    }

    void next(long t, NativeHistogram h) {
      long newTimestampDelta = t - timestamp;
      long newCountDelta = (long) h.count() - count;
      long newZeroDelta = (long) h.zeroCount() - zero;
      if (rows++ == 1) {
        out.varbitUint(newTimestampDelta);
        out.varbitInt(newCountDelta);
        out.varbitInt(newZeroDelta);
      } else {
        out.varbitInt(newTimestampDelta - timestampDelta);
        out.varbitInt(newCountDelta - countDelta);
        out.varbitInt(newZeroDelta - zeroDelta);
      }
      sum.next(out, h.sum());
      positive = buckets(deltas(h.positiveBuckets()), positive, positiveDelta);
      negative = buckets(deltas(h.negativeBuckets()), negative, negativeDelta);
      timestamp = t;
      timestampDelta = newTimestampDelta;
      count = (long) h.count();
      countDelta = newCountDelta;
      zero = (long) h.zeroCount();
      zeroDelta = newZeroDelta;
    }

    private long[] buckets(long[] now, long[] before, long[] lastDelta) {
      for (int i = 0; i < now.length; i++) {
        long delta = now[i] - before[i];
        // The deltas before the second row are zero, so its difference of differences is its delta.
        out.varbitInt(delta - lastDelta[i]);
        lastDelta[i] = delta;
      }
      return now;
    }
  }

  /// Every number but the timestamp as an XOR column of its own.
  private final class FloatHistograms {
    private final XorValue count = new XorValue();
    private final XorValue zero = new XorValue();
    private final XorValue sum = new XorValue();
    private final XorValue[] positive;
    private final XorValue[] negative;
    private long timestamp;
    private long timestampDelta;
    private int rows = 1;

    FloatHistograms(NativeHistogram h, long t) {
      timestamp = t;
      out.varbitInt(t);
      count.first(out, h.count());
      zero.first(out, h.zeroCount());
      sum.first(out, h.sum());
      positive = first(h.positiveBuckets());
      negative = first(h.negativeBuckets());
    }

    private XorValue[] first(double[] buckets) {
      var columns = new XorValue[buckets.length];
      for (int i = 0; i < buckets.length; i++) {
        columns[i] = new XorValue();
        columns[i].first(out, buckets[i]);
      }
      return columns;
    }

    void next(long t, NativeHistogram h) {
      long delta = t - timestamp;
      if (rows++ == 1) {
        out.varbitUint(delta);
      } else {
        out.varbitInt(delta - timestampDelta);
      }
      timestamp = t;
      timestampDelta = delta;
      count.next(out, h.count());
      zero.next(out, h.zeroCount());
      sum.next(out, h.sum());
      for (int i = 0; i < positive.length; i++) {
        positive[i].next(out, h.positiveBuckets()[i]);
      }
      for (int i = 0; i < negative.length; i++) {
        negative[i].next(out, h.negativeBuckets()[i]);
      }
    }
  }
}
