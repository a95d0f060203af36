package io.foursight.wire.metrics;

import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.wire.protobuf.ProtoReader;
import java.util.Arrays;

/// Reads one `Histogram` message of remote write 1.0 or 2.0 (the same field numbers; 2.0 adds
/// `start_timestamp = 17`). Integer bucket deltas become absolute counts. Whether the buckets agree
/// with the spans is not checked here.
final class HistogramDecoder {
  private static final int[] NO_INTS = {};
  private static final double[] NO_DOUBLES = {};

  private final Doubles negativeCounts = new Doubles();
  private final Doubles positiveCounts = new Doubles();
  private final Doubles negativeDeltas = new Doubles();
  private final Doubles positiveDeltas = new Doubles();
  private final Doubles customValues = new Doubles();
  private final Ints negativeSpans = new Ints();
  private final Ints positiveSpans = new Ints();
  private long negativeSum;
  private long positiveSum;

  void decode(ProtoReader in, MetricsBatch batch) {
    negativeCounts.size = 0;
    positiveCounts.size = 0;
    negativeDeltas.size = 0;
    positiveDeltas.size = 0;
    customValues.size = 0;
    negativeSpans.size = 0;
    positiveSpans.size = 0;
    negativeSum = 0;
    positiveSum = 0;
    boolean integer = true;
    double count = 0;
    double sum = 0;
    double zeroThreshold = 0;
    double zeroCount = 0;
    int schema = 0;
    int hint = 0;
    long timestamp = 0;
    long start = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 0x08 -> {
          integer = true;
          count = unsigned(in.varint());
        }
        case 0x11 -> {
          integer = false;
          count = in.float64();
        }
        case 0x19 -> sum = in.float64();
        case 0x20 -> schema = in.zigzag32();
        case 0x29 -> zeroThreshold = in.float64();
        case 0x30 -> zeroCount = unsigned(in.varint());
        case 0x39 -> zeroCount = in.float64();
        case 0x42 -> span(in, negativeSpans);
        case 0x48 -> negativeDeltas.add(negativeSum += in.zigzag64());
        case 0x4a -> {
          int outer = in.enter();
          while (!in.atEnd()) {
            negativeDeltas.add(negativeSum += in.zigzag64());
          }
          in.leave(outer);
        }
        case 0x51 -> negativeCounts.add(in.float64());
        case 0x52 -> doubles(in, negativeCounts);
        case 0x5a -> span(in, positiveSpans);
        case 0x60 -> positiveDeltas.add(positiveSum += in.zigzag64());
        case 0x62 -> {
          int outer = in.enter();
          while (!in.atEnd()) {
            positiveDeltas.add(positiveSum += in.zigzag64());
          }
          in.leave(outer);
        }
        case 0x69 -> positiveCounts.add(in.float64());
        case 0x6a -> doubles(in, positiveCounts);
        case 0x70 -> hint = in.varint32();
        case 0x78 -> timestamp = in.varint();
        case 0x81 -> customValues.add(in.float64());
        case 0x82 -> doubles(in, customValues);
        case 0x88 -> start = in.varint();
        default -> in.skip(tag);
      }
    }
    var hints = ResetHint.values();
    batch.addHistogram(
        timestamp,
        start,
        new NativeHistogram(
            integer,
            hint >= 0 && hint < hints.length ? hints[hint] : ResetHint.UNKNOWN,
            schema,
            zeroThreshold,
            zeroCount,
            count,
            sum,
            positiveSpans.copy(),
            (integer ? positiveDeltas : positiveCounts).copy(),
            negativeSpans.copy(),
            (integer ? negativeDeltas : negativeCounts).copy(),
            customValues.copy()));
  }

  private static void span(ProtoReader in, Ints spans) {
    int outer = in.enter();
    int offset = 0;
    int length = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 0x08 -> offset = in.zigzag32();
        case 0x10 -> length = in.varint32();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    spans.add(offset);
    spans.add(length);
  }

  private static void doubles(ProtoReader in, Doubles into) {
    int outer = in.enter();
    while (!in.atEnd()) {
      into.add(in.float64());
    }
    in.leave(outer);
  }

  private static double unsigned(long v) {
    return v >= 0 ? (double) v : (double) (v >>> 1 | v & 1) * 2;
  }

  private static final class Doubles {
    double[] values = new double[32];
    int size;

    void add(double value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, size * 2);
      }
      values[size++] = value;
    }

    double[] copy() {
      return size == 0 ? NO_DOUBLES : Arrays.copyOf(values, size);
    }
  }

  private static final class Ints {
    int[] values = new int[16];
    int size;

    void add(int value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, size * 2);
      }
      values[size++] = value;
    }

    int[] copy() {
      return size == 0 ? NO_INTS : Arrays.copyOf(values, size);
    }
  }
}
