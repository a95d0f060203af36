package io.foursight.wire.metrics.rpc;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import java.util.Arrays;

/// One native histogram, bit by bit.
///
/// ```
/// 1 varint  integer | hint << 1        7 bytes  positive spans, zigzag varints
/// 2 sint    schema                     8 bytes  positive buckets, 8 bytes each
/// 3 double  zero threshold             9 bytes  positive buckets, zigzag deltas (whole numbers)
/// 4 double  zero count                10..12    the same for negative ones
/// 5 double  count   6 double  sum     13 bytes  custom bounds, 8 bytes each
/// ```
final class HistogramCodec {
  private static final int FIXED = ProtoReader.FIXED64;
  private static final int BYTES = ProtoReader.BYTES;
  private static final int[] NO_SPANS = {};
  private static final double[] NO_VALUES = {};
  private static final double EXACT = 1L << 53;

  private HistogramCodec() {}

  static void write(ProtoWriter out, NativeHistogram h) {
    out.varint(1, (h.integer() ? 1 : 0) | h.resetHint().ordinal() << 1);
    out.sint(2, h.schema());
    out.float64(3, h.zeroThreshold());
    out.float64(4, h.zeroCount());
    out.float64(5, h.count());
    out.float64(6, h.sum());
    side(out, 7, h.positiveSpans(), h.positiveBuckets());
    side(out, 10, h.negativeSpans(), h.negativeBuckets());
    if (h.customValues().length > 0) {
      raw(out, 13, h.customValues());
    }
  }

  private static void side(ProtoWriter out, int field, int[] spans, double[] buckets) {
    if (spans.length > 0) {
      int mark = out.begin(field);
      for (int span : spans) {
        out.rawVarint((long) span << 1 ^ span >> 31);
      }
      out.end(mark);
    }
    if (buckets.length == 0) {
      return;
    }
    if (!allWhole(buckets)) {
      raw(out, field + 1, buckets);
      return;
    }
    int mark = out.begin(field + 2);
    long before = 0;
    for (double bucket : buckets) {
      long delta = (long) bucket - before;
      out.rawVarint(delta << 1 ^ delta >> 63);
      before = (long) bucket;
    }
    out.end(mark);
  }

  private static boolean allWhole(double[] values) {
    for (double value : values) {
      boolean whole = value >= 0 && value < EXACT && value == Math.rint(value);
      if (!whole || Double.doubleToRawLongBits(value) < 0) {
        return false;
      }
    }
    return true;
  }

  private static void raw(ProtoWriter out, int field, double[] values) {
    int mark = out.begin(field);
    for (double value : values) {
      out.fixed64(Double.doubleToRawLongBits(value));
    }
    out.end(mark);
  }

  /// Reads to the reader's limit.
  static NativeHistogram read(ProtoReader in) {
    int flags = 0;
    int schema = 0;
    double zeroThreshold = 0;
    double zeroCount = 0;
    double count = 0;
    double sum = 0;
    int[] positiveSpans = NO_SPANS;
    double[] positive = NO_VALUES;
    int[] negativeSpans = NO_SPANS;
    double[] negative = NO_VALUES;
    double[] custom = NO_VALUES;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> flags = in.varint32();
        case 2 << 3 -> schema = in.zigzag32();
        case 3 << 3 | FIXED -> zeroThreshold = in.float64();
        case 4 << 3 | FIXED -> zeroCount = in.float64();
        case 5 << 3 | FIXED -> count = in.float64();
        case 6 << 3 | FIXED -> sum = in.float64();
        case 7 << 3 | BYTES -> positiveSpans = spans(in);
        case 8 << 3 | BYTES, 9 << 3 | BYTES -> positive = buckets(in, tag >> 3 == 9);
        case 10 << 3 | BYTES -> negativeSpans = spans(in);
        case 11 << 3 | BYTES, 12 << 3 | BYTES -> negative = buckets(in, tag >> 3 == 12);
        case 13 << 3 | BYTES -> custom = buckets(in, false);
        default -> in.skip(tag);
      }
    }
    return new NativeHistogram(
        (flags & 1) != 0,
        ResetHint.values()[flags >> 1 & 3],
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

  private static int[] spans(ProtoReader in) {
    int outer = in.enter();
    int[] spans = new int[in.limit() - in.position()];
    int n = 0;
    while (!in.atEnd()) {
      spans[n++] = in.zigzag32();
    }
    in.leave(outer);
    return Arrays.copyOf(spans, n);
  }

  private static double[] buckets(ProtoReader in, boolean deltas) {
    int outer = in.enter();
    int bytes = in.limit() - in.position();
    double[] values = new double[deltas ? bytes : bytes / 8];
    int n = 0;
    long last = 0;
    while (!in.atEnd()) {
      if (deltas) {
        last += in.zigzag64();
        values[n++] = last;
      } else {
        values[n++] = in.float64();
      }
    }
    in.leave(outer);
    return n == values.length ? values : Arrays.copyOf(values, n);
  }
}
