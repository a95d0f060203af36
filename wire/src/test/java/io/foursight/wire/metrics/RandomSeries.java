package io.foursight.wire.metrics;

import io.foursight.model.Labels;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.model.metrics.StaleMarker;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Seeded random series with everything that remote write can carry.
final class RandomSeries {
  private final Random random;

  RandomSeries(long seed) {
    random = new Random(seed);
  }

  List<WriteRequests.Series> list(int count, boolean exclusive, boolean starts) {
    var all = new ArrayList<WriteRequests.Series>();
    for (int i = 0; i < count; i++) {
      boolean histograms = random.nextInt(3) == 0;
      var samples = new ArrayList<WriteRequests.Sample>();
      if (!histograms || !exclusive) {
        for (int k = random.nextInt(1, 5); k > 0; k--) {
          samples.add(new WriteRequests.Sample(timestamp(), starts ? start() : 0, value()));
        }
      }
      var rows = new ArrayList<WriteRequests.Histogram>();
      if (histograms) {
        for (int k = random.nextInt(1, 3); k > 0; k--) {
          rows.add(new WriteRequests.Histogram(timestamp(), starts ? start() : 0, histogram()));
        }
      }
      var exemplars = new ArrayList<Exemplar>();
      for (int k = random.nextInt(3); k > 0; k--) {
        exemplars.add(
            new Exemplar(Labels.of("trace_id", text(), "x", text()), value(), timestamp()));
      }
      all.add(new WriteRequests.Series(labels(), samples, rows, exemplars));
    }
    return all;
  }

  List<MetricMetadata> metadata(int count) {
    var all = new ArrayList<MetricMetadata>();
    for (int i = 0; i < count; i++) {
      var types = MetricMetadata.Type.values();
      all.add(
          new MetricMetadata("family_" + i, types[random.nextInt(types.length)], text(), text()));
    }
    return all;
  }

  private Labels labels() {
    var pairs = new ArrayList<String>(List.of("__name__", "metric_" + random.nextInt(50)));
    for (int i = random.nextInt(12); i > 0; i--) {
      pairs.add("label_" + random.nextInt(40));
      pairs.add(text());
    }
    return Labels.of(pairs.toArray(new String[0]));
  }

  private String text() {
    int n = random.nextInt(12) == 0 ? random.nextInt(300) : random.nextInt(1, 20);
    var text = new StringBuilder();
    for (int i = 0; i < n; i++) {
      text.appendCodePoint(
          random.nextInt(20) == 0 ? random.nextInt(0x1f300, 0x1f600) : random.nextInt('a', 'z'));
    }
    return text.toString();
  }

  private long timestamp() {
    return switch (random.nextInt(20)) {
      case 0 -> Long.MIN_VALUE;
      case 1 -> Long.MAX_VALUE;
      case 2 -> 0;
      case 3 -> -random.nextInt(1000);
      default -> 1_790_000_000_000L + random.nextInt(1_000_000);
    };
  }

  private long start() {
    return random.nextBoolean() ? 0 : 1_780_000_000_000L + random.nextInt(1_000_000);
  }

  private double value() {
    return switch (random.nextInt(12)) {
      case 0 -> StaleMarker.VALUE;
      case 1 -> Double.NaN;
      case 2 -> Double.POSITIVE_INFINITY;
      case 3 -> 0;
      case 4 -> -0.0;
      case 5 -> Double.longBitsToDouble(0x7ff8000000000123L);
      default -> random.nextGaussian() * 1e6;
    };
  }

  NativeHistogram histogram() {
    if (random.nextInt(10) == 0) {
      return NativeHistogram.stale();
    }
    boolean integer = random.nextBoolean();
    boolean custom = random.nextInt(4) == 0;
    int buckets = random.nextInt(8);
    double[] positive = counts(buckets, integer);
    double[] negative = custom ? new double[0] : counts(random.nextInt(4), integer);
    double zero = custom ? 0 : random.nextInt(10);
    double count = zero;
    for (double c : positive) {
      count += c;
    }
    for (double c : negative) {
      count += c;
    }
    double[] bounds = new double[custom ? 40 : 0];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = i * 0.25 - 1;
    }
    return new NativeHistogram(
        integer,
        ResetHint.values()[random.nextInt(4)],
        custom ? NativeHistogram.CUSTOM_BUCKETS : random.nextInt(-4, 9),
        custom ? 0 : 1e-128,
        zero,
        count,
        random.nextGaussian(),
        spans(positive.length, !custom),
        positive,
        spans(negative.length, true),
        negative,
        bounds);
  }

  private double[] counts(int n, boolean integer) {
    double[] counts = new double[n];
    for (int i = 0; i < n; i++) {
      counts[i] = integer ? random.nextInt(1000) : random.nextInt(4000) / 4.0;
    }
    return counts;
  }

  private int[] spans(int buckets, boolean negativeStart) {
    if (buckets == 0) {
      return new int[0];
    }
    int first = random.nextInt(1, buckets + 1);
    int start = negativeStart ? random.nextInt(-20, 20) : random.nextInt(5);
    return first == buckets
        ? new int[] {start, buckets}
        : new int[] {start, first, random.nextInt(1, 9), buckets - first};
  }
}
