package io.foursight.storage.metrics.block.v1;

import io.foursight.model.Labels;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.StaleMarker;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/// Seeded series of every kind: targets with shared timestamps, classic and native histograms,
/// stale markers, start timestamps, odd label names.
final class RandomSeries {
  private static final String[] LE = {"0.1", "0.25", "1", "2.5", "10", "+Inf"};

  private final SplittableRandom random;
  private final Map<Labels, SampleColumns> series = new HashMap<>();
  private final int rows;

  private RandomSeries(long seed, int rows) {
    random = new SplittableRandom(seed);
    this.rows = rows;
  }

  static Map<Labels, SampleColumns> make(long seed, int targets, int rows) {
    var made = new RandomSeries(seed, rows);
    for (int t = 0; t < targets; t++) {
      made.target("job" + t % 3, "10.0.0." + t + ":9100");
    }
    made.oddLabels();
    return made.series;
  }

  private void target(String job, String instance) {
    long[] ts = new long[rows];
    long at = 1_700_000_000_000L + random.nextInt(15_000);
    for (int i = 0; i < rows; i++) {
      ts[i] = at + 15_000L * i + (random.nextInt(12) == 0 ? random.nextInt(18) : 0);
    }
    for (int k = 0; k < 6; k++) {
      int from = random.nextInt(4) == 0 ? random.nextInt(rows) : 0;
      int to = random.nextInt(4) == 0 ? from + 1 + random.nextInt(rows - from) : rows;
      add(
          ts,
          from,
          to,
          "__name__",
          "metric_" + k,
          "job",
          job,
          "instance",
          instance,
          "mode",
          "m" + k % 2);
    }
    for (String path : new String[] {"/a", "/b"}) {
      double[] below = new double[rows];
      for (String le : LE) {
        var s = new SampleColumns();
        double more = 0;
        for (int i = 0; i < rows; i++) {
          more += random.nextInt(3);
          below[i] += more;
          s.add(ts[i], i == rows - 1 && random.nextInt(5) == 0 ? StaleMarker.VALUE : below[i]);
        }
        series.put(
            Labels.of(
                "__name__",
                "latency_bucket",
                "job",
                job,
                "instance",
                instance,
                "path",
                path,
                "le",
                le),
            s);
      }
    }
    for (int k = 0; k < 3; k++) {
      series.put(
          Labels.of("__name__", "native_" + k, "job", job, "instance", instance),
          histograms(ts, k));
    }
    var starts = new SampleColumns();
    for (int i = 0; i < rows; i++) {
      starts.add(ts[i], i < rows / 2 ? ts[0] - 5000 : ts[rows / 2], i * 2.5);
    }
    series.put(Labels.of("__name__", "with_start", "job", job, "instance", instance), starts);
  }

  private void add(long[] ts, int from, int to, String... labels) {
    var s = new SampleColumns();
    int shape = random.nextInt(6);
    double value = random.nextInt(1000);
    for (int i = from; i < to; i++) {
      value =
          switch (shape) {
            case 0 -> value;
            case 1 -> value + random.nextInt(50);
            case 2 -> Math.rint(random.nextDouble() * 10_000) / 100;
            case 3 -> random.nextDouble() - 0.5;
            case 4 -> random.nextInt(50) == 0 ? 0 : value + 1;
            default -> Double.longBitsToDouble(random.nextLong());
          };
      s.add(ts[i], random.nextInt(200) == 0 ? odd() : value);
    }
    series.put(Labels.of(labels), s);
  }

  private double odd() {
    return switch (random.nextInt(6)) {
      case 0 -> StaleMarker.VALUE;
      case 1 -> Double.NaN;
      case 2 -> Double.POSITIVE_INFINITY;
      case 3 -> Double.NEGATIVE_INFINITY;
      case 4 -> -0.0;
      default -> Double.longBitsToDouble(0x7ff800000000beefL);
    };
  }

  private SampleColumns histograms(long[] ts, int kind) {
    var s = new SampleColumns();
    double[] buckets = new double[4];
    boolean mixed = random.nextBoolean();
    for (int i = 0; i < rows; i++) {
      if (mixed && random.nextInt(10) == 0) {
        s.add(ts[i], random.nextInt(100));
        continue;
      }
      if (random.nextInt(60) == 0) {
        s.add(ts[i], 0, NativeHistogram.stale());
        continue;
      }
      if (random.nextInt(40) == 0) {
        buckets = new double[1 + random.nextInt(12)];
      }
      for (int b = 0; b < buckets.length; b++) {
        buckets[b] += kind == 1 ? random.nextDouble() : random.nextInt(4);
      }
      s.add(ts[i], 0, histogram(kind, buckets.clone()));
    }
    return s;
  }

  private NativeHistogram histogram(int kind, double[] buckets) {
    double count = 0;
    for (double b : buckets) {
      count += b;
    }
    boolean custom = kind == 2;
    double[] bounds = new double[custom ? buckets.length : 0];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = i * 0.5;
    }
    return new NativeHistogram(
        kind != 1,
        ResetHint.values()[random.nextInt(4)],
        custom ? NativeHistogram.CUSTOM_BUCKETS : 3,
        custom ? 0 : 1e-128,
        custom ? 0 : random.nextInt(3),
        count,
        count * 1.37,
        new int[] {-2, 1, 3, buckets.length - 1},
        buckets,
        custom ? new int[0] : new int[] {0, 1},
        custom ? new double[0] : new double[] {random.nextInt(5)},
        bounds);
  }

  private void oddLabels() {
    long[] ts = {1_700_000_000_000L, 1_700_000_001_000L};
    add(ts, 0, 2, "Upper", "x", "__name__", "zz");
    add(ts, 0, 2, "Upper", "x", "__name__", "aa");
    add(ts, 0, 2, "only", "no name");
    add(ts, 0, 2, "__name__", "utf8", "grüße", "\uD83D\uDE00", "le", "not a number");
    add(ts, 0, 2, "__name__", "utf8", "grüße", "\uFFFD", "le", "");
    series.put(Labels.EMPTY, columns(ts));
  }

  private static SampleColumns columns(long[] ts) {
    var s = new SampleColumns();
    for (long t : ts) {
      s.add(t, 1);
    }
    return s;
  }
}
