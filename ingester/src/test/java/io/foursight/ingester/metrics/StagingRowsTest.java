package io.foursight.ingester.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.Labels;
import io.foursight.model.SeriesHash;
import io.foursight.model.metrics.LabelBytes;
import io.foursight.model.metrics.SampleColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Times that are told by an interval and values that are told by the last one must come back as if
/// each had its own place.
class StagingRowsTest {
  private static final long BASE = 7_200_000L * 250_000;

  private final HeadShard shard = new HeadShard(BASE, new SeriesHash(1, 2));
  private final SampleReader reader = new SampleReader();
  private final SampleColumns columns = new SampleColumns();

  private int series(int i) {
    byte[] labels = LabelBytes.encode(Labels.of("__name__", "m", "i", "" + i));
    return shard.create(i * 0x9e3779b97f4a7c15L, i * 31L + 7, i, labels, 0, labels.length);
  }

  private TreeMap<Long, Long> read(int id) {
    reader.read(shard, id, Long.MIN_VALUE, Long.MAX_VALUE, columns);
    var out = new TreeMap<Long, Long>();
    for (int i = 0; i < columns.size(); i++) {
      out.put(columns.timestamp(i) - BASE, Double.doubleToRawLongBits(columns.value(i)));
    }
    assertThat(out).hasSize(columns.size());
    return out;
  }

  @Test
  void regularTimesAndEqualValues_takeNoRoom_untilOneIsDifferent() {
    long before = shard.staging.bytes();
    for (int i = 0; i < 1000; i++) {
      int id = series(i);
      for (int t = 0; t < 40; t++) {
        shard.append.addFloat(id, 100 + t * 15_000, 42, 0, 1);
      }
    }
    assertThat(shard.staging.bytes()).isEqualTo(before);
    assertThat(read(999)).hasSize(40).containsEntry(100L + 39 * 15_000, 42L);
    shard.append.addFloat(3, 100 + 40 * 15_000, 43, 0, 1);
    shard.append.addFloat(4, 100 + 40 * 15_000 + 7, 42, 0, 1);
    assertThat(read(3)).hasSize(41).containsEntry(100L + 40 * 15_000, 43L);
    assertThat(read(4)).hasSize(41).containsEntry(107L + 40 * 15_000, 42L);
    assertThat(shard.ref(3)).isEqualTo(3);
  }

  /// Whatever mixture of regular and irregular, equal and different, old and new, with start
  /// timestamps or without: the shard holds what a map would.
  @Test
  void randomSamples_areWhatAMapHolds() {
    for (long seed = 0; seed < 150; seed++) {
      var random = new Random(seed);
      List<Integer> ids = new ArrayList<>();
      List<TreeMap<Long, Long>> expected = new ArrayList<>();
      int firstId = shard.count();
      for (int s = 0; s < 5; s++) {
        ids.add(series(firstId + s));
        expected.add(new TreeMap<>());
      }
      int interval = 1 + random.nextInt(random.nextBoolean() ? 100 : 30_000);
      int jitter = random.nextInt(3) == 0 ? 20 : 0;
      int late = random.nextInt(3) == 0 ? 10 : 1_000_000;
      int changes = 1 + random.nextInt(20);
      int time = random.nextInt(1000);
      long value = 5;
      for (int step = 0; step < 120; step++) {
        time += interval + (jitter > 0 && random.nextInt(12) == 0 ? random.nextInt(jitter) : 0);
        if (random.nextInt(60) == 0) {
          time += random.nextInt(1_200_000);
        }
        if (time >= HeadRange.DURATION_MILLIS) {
          break;
        }
        for (int s = 0; s < 5; s++) {
          value = random.nextInt(changes) == 0 ? random.nextLong() : value;
          long t = random.nextInt(late) == 0 ? random.nextInt(time + 1) : time;
          long start = random.nextInt(200) == 0 ? BASE - 1 : 0;
          Long there = expected.get(s).get(t);
          int done = shard.append.addFloat(ids.get(s), (int) t, value, start, 1);
          int right =
              there == null
                  ? HeadShard.STORED
                  : there == value ? HeadShard.SAME : HeadShard.DIFFERENT;
          assertThat(done).as("seed %d step %d series %d", seed, step, s).isEqualTo(right);
          expected.get(s).putIfAbsent(t, value);
        }
      }
      for (int s = 0; s < 5; s++) {
        assertThat(read(ids.get(s))).as("seed %d series %d", seed, s).isEqualTo(expected.get(s));
      }
    }
  }
}
