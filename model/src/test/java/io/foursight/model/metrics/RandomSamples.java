package io.foursight.model.metrics;

import io.foursight.model.metrics.NativeHistogram.ResetHint;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/// Rows of samples for tests, and the plain form that they are compared in.
final class RandomSamples {
  private static final int[] NO_SPANS = {};
  private static final double[] NO_VALUES = {};

  /// @param histogram null for a float
  record Row(long timestamp, long start, long valueBits, NativeHistogram histogram) {
    boolean isStale() {
      return histogram == null
          ? StaleMarker.isStale(Double.longBitsToDouble(valueBits))
          : histogram.isStale();
    }
  }

  private final Random random;

  RandomSamples(Random random) {
    this.random = random;
  }

  /// Ascending rows among few times, so that two sets often meet.
  List<Row> rows(int most) {
    boolean starts = random.nextBoolean();
    boolean histograms = random.nextInt(3) == 0;
    var rows = new TreeMap<Long, Row>();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      long time = random.nextInt(3 * most) - most;
      long start = starts && random.nextBoolean() ? time - 5 : 0;
      boolean histogram = histograms && random.nextBoolean();
      double value = random.nextInt(5) == 0 ? StaleMarker.VALUE : random.nextInt(10);
      rows.put(
          time,
          new Row(
              time,
              start,
              histogram ? 0 : Double.doubleToRawLongBits(value),
              histogram ? histogram(value) : null));
    }
    return new ArrayList<>(rows.values());
  }

  static NativeHistogram histogram(double sum) {
    return new NativeHistogram(
        false,
        ResetHint.UNKNOWN,
        0,
        0.001,
        1,
        1,
        sum,
        NO_SPANS,
        NO_VALUES,
        NO_SPANS,
        NO_VALUES,
        NO_VALUES);
  }

  static void add(SampleColumns into, Row row) {
    if (row.histogram == null) {
      into.add(row.timestamp, row.start, Double.longBitsToDouble(row.valueBits));
    } else {
      into.add(row.timestamp, row.start, row.histogram);
    }
  }

  static void fill(SampleColumns into, List<Row> rows) {
    into.clear();
    rows.forEach(row -> add(into, row));
  }

  static List<Row> read(SampleColumns from) {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < from.size(); i++) {
      boolean histogram = from.isHistogram(i);
      rows.add(
          new Row(
              from.timestamp(i),
              from.startTimestamp(i),
              histogram ? 0 : Double.doubleToRawLongBits(from.value(i)),
              histogram ? from.histogram(i) : null));
    }
    return rows;
  }
}
