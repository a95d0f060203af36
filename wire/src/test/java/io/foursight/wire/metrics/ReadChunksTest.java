package io.foursight.wire.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.StaleMarker;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReadChunksTest {
  private record Chunk(long min, long max, int type, byte[] data) {}

  private static List<Chunk> chunks(SampleColumns samples) {
    var all = new ArrayList<Chunk>();
    new ReadChunks()
        .write(samples, (min, max, type, data) -> all.add(new Chunk(min, max, type, data)));
    return all;
  }

  private static SampleColumns decode(List<Chunk> chunks) {
    var out = new SampleColumns();
    chunks.forEach(c -> ChunkDecoder.decode(c.type, c.data, out));
    return out;
  }

  /// By hand from the format's drawing: count, varint 1000, 1.0, uvarint 1000, then three zero
  /// bits.
  @Test
  void goldenXorChunk() {
    var samples = new SampleColumns();
    samples.add(1000, 1);
    samples.add(2000, 1);
    samples.add(3000, 1);
    assertThat(HexFormat.of().formatHex(chunks(samples).getFirst().data))
        .isEqualTo("0003" + "d00f" + "3ff0000000000000" + "e807" + "00");
  }

  /// By hand: count 1, no flags, threshold 2^-128 as exponent byte 116, schema 3 (10 011), one
  /// positive span of length 1 (10 001) (10 001) at offset 2 (10 010), no negative span (0), time 0
  /// (0), count 4 (10 100), zero count 0 (0), sum 1.0, bucket delta 4 (10 100).
  @Test
  void goldenHistogramChunk() {
    var samples = new SampleColumns();
    samples.add(0, 0, integer(ResetHint.UNKNOWN, 4, 1.0, 4));
    String bits =
        "0000000000000001"
            + "00000000"
            + "01110100"
            + "10011"
            + "10001"
            + "10001"
            + "10010"
            + "0"
            + "0"
            + "10100"
            + "0"
            + "0011111111110000"
            + "0".repeat(48)
            + "10100";
    var expected = new StringBuilder();
    bits += "0".repeat((8 - bits.length() % 8) % 8);
    for (int i = 0; i < bits.length(); i += 8) {
      expected.append(String.format("%02x", Integer.parseInt(bits.substring(i, i + 8), 2)));
    }
    assertThat(HexFormat.of().formatHex(chunks(samples).getFirst().data))
        .isEqualTo(expected.toString());
  }

  private static NativeHistogram integer(ResetHint hint, double count, double sum, double bucket) {
    return new NativeHistogram(
        true,
        hint,
        3,
        0x1p-128,
        0,
        count,
        sum,
        new int[] {2, 1},
        new double[] {bucket},
        new int[0],
        new double[0],
        new double[0]);
  }

  @Test
  void randomFloats_roundTripBitByBit() {
    for (long seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      var samples = new SampleColumns();
      long t = random.nextLong(-1_000_000, 1_790_000_000_000L);
      for (int i = random.nextInt(1, 500); i > 0; i--) {
        t += 1 + (random.nextInt(5) == 0 ? random.nextLong(1L << random.nextInt(1, 40)) : 15_000);
        double value =
            switch (random.nextInt(6)) {
              case 0 -> StaleMarker.VALUE;
              case 1 -> Double.longBitsToDouble(random.nextLong());
              case 2 -> 42;
              default -> Math.round(random.nextGaussian() * 1000) / 8.0;
            };
        samples.add(t, value);
      }
      SampleColumns back = decode(chunks(samples));
      assertThat(back.size()).as("seed %d", seed).isEqualTo(samples.size());
      for (int i = 0; i < back.size(); i++) {
        assertThat(back.timestamp(i)).as("seed %d", seed).isEqualTo(samples.timestamp(i));
        assertThat(Double.doubleToRawLongBits(back.value(i)))
            .as("seed %d", seed)
            .isEqualTo(Double.doubleToRawLongBits(samples.value(i)));
      }
    }
  }

  @Test
  void randomHistograms_roundTrip() {
    for (long seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      var source = new RandomSeries(seed);
      var samples = new SampleColumns();
      long t = 1_790_000_000_000L;
      while (samples.size() < 60) {
        NativeHistogram h = source.histogram();
        for (int k = random.nextInt(1, 30); k > 0; k--) {
          t += random.nextInt(1, 20_000);
          samples.add(t, 0, h);
          h = grown(h, random);
        }
        if (random.nextInt(3) == 0) {
          samples.add(++t, random.nextGaussian());
        }
      }
      SampleColumns back = decode(chunks(samples));
      assertThat(back.size()).as("seed %d", seed).isEqualTo(samples.size());
      for (int i = 0; i < back.size(); i++) {
        assertThat(back.timestamp(i)).as("seed %d", seed).isEqualTo(samples.timestamp(i));
        assertThat(back.isHistogram(i)).isEqualTo(samples.isHistogram(i));
        if (back.isHistogram(i)) {
          assertThat(back.histogram(i).withResetHint(ResetHint.UNKNOWN))
              .as("seed %d row %d", seed, i)
              .isEqualTo(samples.histogram(i).withResetHint(ResetHint.UNKNOWN));
        }
      }
    }
  }

  private static NativeHistogram grown(NativeHistogram h, Random random) {
    if (h.isStale()) {
      return h;
    }
    double[] buckets = h.positiveBuckets().clone();
    double more = 0;
    for (int i = 0; i < buckets.length; i++) {
      double add = random.nextInt(10);
      buckets[i] += add;
      more += add;
    }
    return new NativeHistogram(
        h.integer(),
        h.resetHint(),
        h.schema(),
        h.zeroThreshold(),
        h.zeroCount(),
        h.count() + more,
        h.sum() + more * 1.5,
        h.positiveSpans(),
        buckets,
        h.negativeSpans(),
        h.negativeBuckets(),
        h.customValues());
  }

  /// Readers take every sample of a chunk but the first for "not reset".
  @Test
  void counterReset_beginsANewChunk() {
    var samples = new SampleColumns();
    samples.add(1, 0, integer(ResetHint.UNKNOWN, 4, 1, 4));
    samples.add(2, 0, integer(ResetHint.UNKNOWN, 5, 1, 5));
    samples.add(3, 0, integer(ResetHint.UNKNOWN, 2, 1, 2));
    samples.add(4, 0, integer(ResetHint.RESET, 3, 1, 3));
    assertThat(chunks(samples)).extracting(c -> c.min).containsExactly(1L, 3L, 4L);
  }

  @Test
  void gauges_mayFallInsideAChunkButDoNotMixWithCounters() {
    var samples = new SampleColumns();
    samples.add(1, 0, integer(ResetHint.GAUGE, 4, 1, 4));
    samples.add(2, 0, integer(ResetHint.GAUGE, 2, 1, 2));
    samples.add(3, 0, integer(ResetHint.UNKNOWN, 3, 1, 3));
    var all = chunks(samples);
    assertThat(all).extracting(c -> c.max).containsExactly(2L, 3L);
    assertThat(decode(all).histogram(1).resetHint()).isEqualTo(ResetHint.GAUGE);
  }
}
