package io.foursight.model.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.Labels;
import io.foursight.model.SeriesHash;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MetricsBatchTest {
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  /// A series in plain form; rows are `time/start/value`.
  private record Series(
      String labels,
      long key,
      List<String> samples,
      List<String> histograms,
      List<String> exemplars) {}

  private Series plain(MetricsBatch batch, int i) {
    var samples = new ArrayList<String>();
    for (int row = batch.sampleStart(i); row < batch.sampleEnd(i); row++) {
      samples.add(
          batch.timestamps()[row] + "/" + batch.startTimestamp(row) + "/" + batch.values()[row]);
    }
    var histograms = new ArrayList<String>();
    for (int row = batch.histogramStart(i); row < batch.histogramEnd(i); row++) {
      histograms.add(
          batch.histogramTimestamp(row)
              + "/"
              + batch.histogramStartTimestamp(row)
              + "/"
              + batch.histogram(row).sum());
    }
    var exemplars = new ArrayList<String>();
    for (var exemplar : batch.exemplars()) {
      if (exemplar.series() == i) {
        exemplars.add(exemplar.exemplar().value() + "");
      }
    }
    var labels = new StringBuilder();
    for (int b = 0; b < batch.labelLength(i); b++) {
      labels.append((char) batch.labelBytes(i)[batch.labelOffset(i) + b]);
    }
    return new Series(labels.toString(), batch.hashHigh()[i], samples, histograms, exemplars);
  }

  private List<Series> plain(MetricsBatch batch) {
    var all = new ArrayList<Series>();
    for (int i = 0; i < batch.seriesCount(); i++) {
      all.add(plain(batch, i));
    }
    return all;
  }

  private void fill(MetricsBatch batch, byte[] body) {
    batch.reset(body);
    var hash = new SeriesHash(1, 2);
    boolean starts = random.nextBoolean();
    int n = random.nextInt(12);
    for (int i = 0; i < n; i++) {
      int offset = random.nextInt(20);
      batch.beginSeries(offset, 1 + random.nextInt(10));
      for (int row = random.nextInt(4); row > 0; row--) {
        long time = random.nextInt(1000);
        batch.addSample(time, starts && random.nextBoolean() ? time + 1 : 0, random.nextInt(9));
      }
      for (int row = random.nextInt(8) - 5; row > 0; row--) {
        batch.addHistogram(
            random.nextInt(1000), random.nextInt(2), RandomSamples.histogram(random.nextInt(9)));
      }
      if (random.nextInt(4) == 0) {
        batch.addExemplar(new Exemplar(Labels.EMPTY, random.nextInt(100), 1));
      }
    }
    batch.hashSeries(hash);
    for (int i = 0; i < n; i++) {
      if (random.nextInt(5) == 0) {
        batch.replaceLabels(i, new byte[] {'R', (byte) ('a' + i)}, hash);
      }
    }
  }

  private BitSet some(int count) {
    var bits = new BitSet();
    for (int i = 0; i < count; i++) {
      if (random.nextInt(4) == 0) {
        bits.set(i);
      }
    }
    return bits;
  }

  @Test
  void removal_leavesTheRestAsItWas() {
    byte[] body =
        "abcdefghijklmnopqrstuvwxyz0123456789".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    var batch = new MetricsBatch(body);
    for (int round = 0; round < 5000; round++) {
      fill(batch, body);
      List<Series> before = plain(batch);
      BitSet series = some(batch.seriesCount());
      BitSet samples = some(batch.sampleCount());
      BitSet histograms = some(batch.histogramCount());
      List<Series> expected = new ArrayList<>();
      int sample = 0;
      int histogram = 0;
      for (int i = 0; i < before.size(); i++) {
        Series s = before.get(i);
        var keptSamples = new ArrayList<String>();
        for (String row : s.samples()) {
          if (!samples.get(sample++)) {
            keptSamples.add(row);
          }
        }
        var keptHistograms = new ArrayList<String>();
        for (String row : s.histograms()) {
          if (!histograms.get(histogram++)) {
            keptHistograms.add(row);
          }
        }
        if (!series.get(i)) {
          expected.add(new Series(s.labels(), s.key(), keptSamples, keptHistograms, s.exemplars()));
        }
      }
      batch.remove(series, samples, histograms);
      assertThat(plain(batch)).as("seed %d round %d", seed, round).isEqualTo(expected);
      assertThat(batch.sampleCount())
          .isEqualTo(expected.stream().mapToInt(s -> s.samples().size()).sum());
      assertThat(batch.histogramCount())
          .isEqualTo(expected.stream().mapToInt(s -> s.histograms().size()).sum());
    }
  }
}
