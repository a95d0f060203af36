package io.foursight.storage.metrics.block.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.storage.block.BlockMeta;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsBlockDamageTest {
  @TempDir Path directory;

  private BlockFixture block(Map<Labels, SampleColumns> series) throws IOException {
    var exemplars =
        Map.of(
            Labels.of("__name__", "metric_0", "x", "y"),
            List.of(new Exemplar(Labels.of("trace_id", "0af7651916cd43dd"), 1, 5)));
    var up = new MetricMetadata("up", MetricMetadata.Type.GAUGE, "help", "");
    return BlockFixture.write(directory, series, exemplars, List.of(up));
  }

  /// A wrong answer is worse than none: whatever bit flips, reading gives the truth or CORRUPT.
  @Test
  void flippedBits_neverGiveWrongAnswers() throws IOException {
    long seed = new Random().nextLong();
    var random = new SplittableRandom(seed);
    var series = RandomSeries.make(seed, 3, 60);
    var block = block(series);
    int refused = 0;
    int rounds = 400;
    for (int round = 0; round < rounds; round++) {
      String name = block.meta.files().get(round % block.meta.files().size()).name();
      byte[] good = block.files.get(name);
      byte[] bad = good.clone();
      int bit = random.nextInt(8 * bad.length);
      bad[bit >>> 3] ^= (byte) (1 << (bit & 7));
      block.files.put(name, bad);
      String as = "seed " + seed + " file " + name + " bit " + bit;
      try (var reader = block.open()) {
        reader.verify();
        assertAll(reader, series, as);
      } catch (FoursightException e) {
        refused++;
        assertThat(e.kind()).as(as).isIn(ErrorKind.CORRUPT, ErrorKind.UNIMPLEMENTED);
      }
      block.files.put(name, good);
    }
    // Only the headers of `index` and `exemplars` are read by nobody.
    assertThat(refused).as("seed %d", seed).isGreaterThan(rounds * 9 / 10);
  }

  private static void assertAll(
      MetricsBlockReader reader, Map<Labels, SampleColumns> series, String as) {
    var left = new HashMap<>(series);
    var samples = new SampleColumns();
    try (SeriesCursor cursor = reader.select(all())) {
      while (cursor.next()) {
        cursor.samples(samples);
        MetricsBlockTest.assertSame(samples, left.remove(cursor.labels()), as);
      }
    }
    assertThat(left).as(as).isEmpty();
  }

  private static MetricsSelect all() {
    return new MetricsSelect(TenantId.ANONYMOUS, TimeRange.ALL, List.of(), QueryBudget.unlimited());
  }

  @Test
  void truncatedFiles_areCorrupt() throws IOException {
    var block = block(RandomSeries.make(1, 3, 60));
    for (BlockMeta.File file : block.meta.files()) {
      byte[] good = block.files.get(file.name());
      block.files.put(file.name(), Arrays.copyOf(good, good.length - 9));
      assertThatThrownBy(
              () -> {
                try (var reader = block.open()) {
                  reader.verify();
                }
              })
          .isInstanceOfSatisfying(
              FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT))
          .hasMessageContaining(file.name());
      block.files.put(file.name(), good);
    }
  }

  @Test
  void otherVersions_areNotCalledDamaged() throws IOException {
    var block = block(RandomSeries.make(1, 1, 6));
    byte[] index = block.files.get("index");
    index[index.length - 12] = 2;
    assertThatThrownBy(block::open)
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNIMPLEMENTED))
        .hasMessageContaining("too new");
    index[index.length - 12] = 0;
    assertThatThrownBy(block::open).hasMessageContaining("too old");
    index[index.length - 1] = 0;
    assertThatThrownBy(block::open)
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT));
  }

  /// Object stores bill and wait by the request.
  @Test
  void aSelectiveSelect_makesFewReads() throws IOException {
    var series = new TreeMap<Labels, SampleColumns>();
    for (int s = 0; s < 20_000; s++) {
      var samples = new SampleColumns();
      for (int i = 0; i < 20; i++) {
        samples.add(15_000L * i + s % 100, i * (s % 77));
      }
      series.put(
          Labels.of(
              "__name__", "metric_" + s / 100, "instance", "i" + s % 100, "pod", "pod-" + s * 31),
          samples);
    }
    var block = BlockFixture.write(directory, series, Map.of(), List.of());
    try (var reader = block.open()) {
      assertThat(block.reads.getAndSet(0)).isEqualTo(1);
      var select =
          new MetricsSelect(
              TenantId.ANONYMOUS,
              TimeRange.ALL,
              List.of(LabelMatcher.equal("__name__", "metric_77")),
              QueryBudget.unlimited());
      assertThat(count(reader, select)).isEqualTo(100);
      // Index extents, one for timestamps, one for values.
      assertThat(block.reads.getAndSet(0)).as("cold").isLessThanOrEqualTo(10);
      assertThat(count(reader, select)).isEqualTo(100);
      assertThat(block.reads.getAndSet(0)).as("warm: only the values").isEqualTo(1);
      try (SeriesCursor cursor = reader.series(select)) {
        while (cursor.next()) {
          cursor.labels();
        }
      }
      assertThat(block.reads.get()).as("labels only").isZero();
    }
  }

  private static int count(MetricsBlockReader reader, MetricsSelect select) {
    int count = 0;
    var samples = new SampleColumns();
    try (SeriesCursor cursor = reader.select(select)) {
      while (cursor.next()) {
        cursor.samples(samples);
        count++;
      }
    }
    return count;
  }

  @Test
  void workedExample_hasTheseBytes() throws IOException {
    var samples = new SampleColumns();
    samples.add(1000, 1);
    samples.add(2000, 1);
    samples.add(3000, 0);
    var block =
        BlockFixture.write(
            directory,
            Map.of(Labels.of("__name__", "up", "job", "a"), samples),
            Map.of(),
            List.of());
    String hex = HexFormat.of().formatHex(block.files.get("values"));
    assertThat(hex).startsWith("34534d65747269630100000076000000" + "0100" + "0202010101");
  }

  /// Blocks written by the first release stay readable: the files under `golden-v1` were made by
  /// this test's `RandomSeries.make(42, 2, 30)` on the day the format was fixed.
  @Test
  void goldenBlock_isStillRead_andStillWritten() throws IOException {
    var series = RandomSeries.make(42, 2, 30);
    var written = block(series);
    var golden = new BlockFixture();
    golden.meta = meta(written.meta);
    for (BlockMeta.File file : written.meta.files()) {
      golden.files.put(file.name(), resource("golden-v1/" + file.name()));
      // The other files hold zstd frames, which may change with the library.
      if (file.name().equals("values") || file.name().equals("timestamps")) {
        assertThat(golden.files.get(file.name()))
            .as(file.name())
            .isEqualTo(written.files.get(file.name()));
      }
    }
    try (var reader = golden.open()) {
      assertAll(reader, series, "golden");
    }
  }

  /// The golden block's own sizes.
  private static BlockMeta meta(BlockMeta m) throws IOException {
    var files = new ArrayList<BlockMeta.File>();
    for (BlockMeta.File file : m.files()) {
      files.add(new BlockMeta.File(file.name(), resource("golden-v1/" + file.name()).length));
    }
    return new BlockMeta(
        m.version(),
        m.id(),
        m.format(),
        m.minTimeMillis(),
        m.maxTimeMillis(),
        m.level(),
        m.sources(),
        m.parents(),
        files,
        m.stats(),
        m.createdMillis());
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = MetricsBlockDamageTest.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return in.readAllBytes();
    }
  }
}
