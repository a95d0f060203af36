package io.foursight.ingester.metrics;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;

/// One native histogram as bytes, bit by bit what was received.
///
/// ```
/// flags u8 (0x01 integer, 0x06 reset hint, 0x08 counts are whole numbers) z(schema) zeroThreshold f64 sum f64 count zeroCount
/// positive negative custom     positive := uvarint spans, (z(offset) uvarint(length))*, uvarint buckets, count*
/// custom := uvarint n, f64*    count := f64 | uvarint when whole (buckets: z(delta to the bucket before))
/// ```
final class HistogramBytes {
  private static final ResetHint[] HINTS = ResetHint.values();
  private static final double MAX_WHOLE = 1L << 53;

  private HistogramBytes() {}

  static void write(NativeHistogram h, ByteBuilder out) {
    boolean whole =
        whole(h.count())
            && whole(h.zeroCount())
            && whole(h.positiveBuckets())
            && whole(h.negativeBuckets());
    out.reserve(
        64
            + 11 * (h.positiveSpans().length + h.negativeSpans().length)
            + 10 * h.bucketCount()
            + 8 * h.customValues().length);
    out.u8((h.integer() ? 1 : 0) | h.resetHint().ordinal() << 1 | (whole ? 8 : 0));
    out.zigzag(h.schema());
    f64(out, h.zeroThreshold());
    f64(out, h.sum());
    if (whole) {
      out.uvarint((long) h.count());
      out.uvarint((long) h.zeroCount());
    } else {
      f64(out, h.count());
      f64(out, h.zeroCount());
    }
    side(out, h.positiveSpans(), h.positiveBuckets(), whole);
    side(out, h.negativeSpans(), h.negativeBuckets(), whole);
    out.uvarint(h.customValues().length);
    for (double bound : h.customValues()) {
      f64(out, bound);
    }
  }

  private static void side(ByteBuilder out, int[] spans, double[] buckets, boolean whole) {
    out.uvarint(spans.length);
    for (int i = 0; i < spans.length; i++) {
      if ((i & 1) == 0) {
        out.zigzag(spans[i]);
      } else {
        out.uvarint(spans[i] & 0xffffffffL);
      }
    }
    out.uvarint(buckets.length);
    long before = 0;
    for (double bucket : buckets) {
      if (whole) {
        out.zigzag((long) bucket - before);
        before = (long) bucket;
      } else {
        f64(out, bucket);
      }
    }
  }

  static NativeHistogram read(ByteCursor in) {
    int flags = in.u8();
    boolean whole = (flags & 8) != 0;
    int schema = (int) in.zigzag();
    double zeroThreshold = f64(in);
    double sum = f64(in);
    double count = whole ? in.uvarint() : f64(in);
    double zeroCount = whole ? in.uvarint() : f64(in);
    int[] positiveSpans = spans(in);
    double[] positive = buckets(in, whole);
    int[] negativeSpans = spans(in);
    double[] negative = buckets(in, whole);
    double[] custom = new double[in.uint()];
    for (int i = 0; i < custom.length; i++) {
      custom[i] = f64(in);
    }
    return new NativeHistogram(
        (flags & 1) != 0,
        HINTS[flags >> 1 & 3],
        schema,
        zeroThreshold,
        zeroCount,
        count,
        sum,
        positiveSpans,
        positive,
        negativeSpans,
        negative,
        custom);
  }

  private static int[] spans(ByteCursor in) {
    int[] spans = new int[in.uint()];
    for (int i = 0; i < spans.length; i++) {
      spans[i] = (i & 1) == 0 ? (int) in.zigzag() : (int) in.uvarint();
    }
    return spans;
  }

  private static double[] buckets(ByteCursor in, boolean whole) {
    double[] buckets = new double[in.uint()];
    long value = 0;
    for (int i = 0; i < buckets.length; i++) {
      if (whole) {
        value += in.zigzag();
        buckets[i] = value;
      } else {
        buckets[i] = f64(in);
      }
    }
    return buckets;
  }

  private static boolean whole(double[] values) {
    for (double v : values) {
      if (!whole(v)) {
        return false;
      }
    }
    return true;
  }

  /// Negative zero is not: it would come back positive.
  private static boolean whole(double v) {
    return v >= 0
        && v <= MAX_WHOLE
        && Double.doubleToRawLongBits((double) (long) v) == Double.doubleToRawLongBits(v);
  }

  private static void f64(ByteBuilder out, double v) {
    out.leading(Double.doubleToRawLongBits(v), 8);
  }

  private static double f64(ByteCursor in) {
    return Double.longBitsToDouble(in.bits(8));
  }
}
