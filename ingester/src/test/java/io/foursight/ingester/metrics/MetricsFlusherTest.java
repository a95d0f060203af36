package io.foursight.ingester.metrics;

import static io.foursight.ingester.metrics.IngesterFixture.T0;
import static io.foursight.ingester.metrics.IngesterFixture.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.ingester.metrics.IngesterFixture.MemoryBlocks;
import io.foursight.model.Labels;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.metrics.block.v1.MetricsBlockReader;
import io.foursight.storage.object.FileRangedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The way of a range to its block: nothing is lost and nothing doubled, whatever fails in between.
class MetricsFlusherTest {
  private static final long TWO_HOURS = 7_200_000;
  @TempDir Path directory;
  private IngesterFixture fixture;

  @BeforeEach
  void open() {
    fixture = new IngesterFixture(directory.resolve("a")).open();
  }

  @AfterEach
  void stop() {
    fixture.stop();
  }

  /// Twenty series, an hour; some buckets of a classic histogram, whose order in a block is its
  /// own.
  private void writeAnHour() {
    for (int t = 0; t < 240; t++) {
      var writer = fixture.batch();
      for (int s = 0; s < 20; s++) {
        writer
            .series("__name__", s < 10 ? "http_bucket" : "b", "le", "" + s, "pod", "p" + s % 3)
            .sample(T0 + t * 15_000L, t * s + 0.5);
      }
      writer.write();
    }
  }

  @Test
  void completeRange_becomesABlockWithTheSameContent_andLeavesMemoryAndLog() {
    writeAnHour();
    Map<Labels, TreeMap<Long, Long>> before = fixture.read(TimeRange.ALL);
    fixture.clock.millis = T0 + TWO_HOURS + Duration.ofMinutes(5).toMillis();
    fixture.flusher.tick();
    assertThat(fixture.blocks.metas).as("stragglers may come").isEmpty();

    fixture.clock.millis = T0 + TWO_HOURS + Duration.ofMinutes(41).toMillis();
    long logBefore = fixture.wal.sizeBytes();
    fixture.flusher.tick();
    assertThat(fixture.blocks.metas).hasSize(1);
    BlockMeta meta = fixture.blocks.metas.values().iterator().next();
    assertThat(meta.level()).isEqualTo(1);
    assertThat(meta.minTimeMillis()).isEqualTo(T0);
    assertThat(meta.maxTimeMillis()).isEqualTo(T0 + 239 * 15_000L);
    assertThat(content(fixture.blocks)).isEqualTo(before);
    assertThat(fixture.read(TimeRange.ALL)).isEmpty();
    assertThat(fixture.wal.sizeBytes()).isLessThan(logBefore / 4);
    assertThat(fixture.metrics.headBytes()).isZero();
  }

  /// A process that sees many tenants come and go must not keep all of them.
  @Test
  void headOfASilentTenant_isGivenUpOnceItsDataAreInBlocks_andComesBackWithItsNextWrite() {
    fixture.clock.millis = T0 + TWO_HOURS;
    writeAnHour();
    long late = fixture.metrics.version(TENANT, TimeRange.ALL);
    assertThat(late).as("the hour was late").isPositive();
    assertThat(fixture.flusher.flush(Optional.empty())).isTrue();
    fixture.flusher.tick();
    assertThat(fixture.metrics.tenants()).as("not silent for long enough").hasSize(1);

    fixture.clock.millis += Duration.ofMinutes(2).toMillis();
    fixture.flusher.tick();
    assertThat(fixture.metrics.tenants()).isEmpty();
    assertThat(fixture.metrics.version(TENANT, TimeRange.ALL))
        .as("caches must not take old answers for new ones")
        .isGreaterThanOrEqualTo(late);

    fixture.batch().series("__name__", "m").sample(T0 + 7, 1).write();
    assertThat(fixture.read(TimeRange.ALL)).hasSize(1);
    assertThat(fixture.metrics.version(TENANT, TimeRange.ALL)).isGreaterThan(late);
  }

  /// Writers and the flusher meet at the same head: whatever was acknowledged is in memory or a
  /// block.
  @Test
  void headsGivenUpBesideWriters_loseNothing() throws Exception {
    var stop = new AtomicBoolean();
    var written = new AtomicLong();
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              while (!stop.get()) {
                long n = written.get();
                fixture.batch().series("__name__", "m").sample(T0 + n, n).write();
                written.incrementAndGet();
              }
            });
    try {
      for (int i = 0; i < 60; i++) {
        fixture.clock.millis += Duration.ofHours(3).toMillis();
        fixture.flusher.flush(Optional.empty());
        fixture.flusher.tick();
      }
    } finally {
      stop.set(true);
      writer.join();
    }
    assertThat(fixture.flusher.flush(Optional.empty())).isTrue();
    var all = new TreeMap<Long, Long>();
    content(fixture.blocks).values().forEach(all::putAll);
    assertThat(all).hasSize((int) written.get());
  }

  @Test
  void rangeStaysReadable_untilEveryReaderHasItsBlock() throws Exception {
    writeAnHour();
    var before = fixture.read(TimeRange.ALL);
    fixture.pickup = (signal, tenant, id) -> false;
    assertThat(fixture.flusher.flush(Optional.empty())).isTrue();
    fixture.flusher.tick();
    assertThat(fixture.blocks.uploads).isEqualTo(1);
    assertThat(fixture.read(TimeRange.ALL)).isEqualTo(before);

    // A crash here must not write another block.
    fixture = fixture.crash();
    assertThat(fixture.read(TimeRange.ALL)).isEqualTo(before);
    fixture.flusher.tick();
    assertThat(fixture.blocks.uploads).isZero();
    assertThat(fixture.blocks.metas).hasSize(1);
    assertThat(fixture.read(TimeRange.ALL)).isEmpty();
    fixture = fixture.crash();
    assertThat(fixture.read(TimeRange.ALL)).isEmpty();
  }

  @Test
  void failingStore_isTriedAgainWithGrowingPauses_andWritesGoOn() {
    writeAnHour();
    var before = fixture.read(TimeRange.ALL);
    fixture.blocks.failing = true;
    assertThat(fixture.flusher.flush(Optional.of(TENANT))).isFalse();
    fixture.flusher.tick(); // before its pause is over: not even tried
    assertThat(fixture.registry.get("foursight_ingester_flush_failures_total").counter().count())
        .isEqualTo(1);
    assertThat(fixture.read(TimeRange.ALL)).isEqualTo(before);
    assertThat(fixture.batch().series("__name__", "new").sample(T0, 1).write().samples())
        .isEqualTo(1);
    fixture.blocks.failing = false;
    fixture.clock.millis += 1000;
    fixture.flusher.tick();
    assertThat(content(fixture.blocks)).isEqualTo(before);
    assertThat(fixture.read(TimeRange.ALL)).containsOnlyKeys(Labels.of("__name__", "new"));
  }

  @Test
  void crashBetweenCutAndUpload_uploadsTheSameBlockOnce_andLateSamplesAnother() throws Exception {
    writeAnHour();
    var before = fixture.read(TimeRange.ALL);
    fixture.blocks.failing = true;
    fixture.flusher.flush(Optional.empty());
    String id = fixture.ranges().getFirst().blockId();
    var late = fixture.batch().series("__name__", "b", "le", "11", "pod", "p2");
    late.sample(T0 + 7, 7).write();

    fixture = fixture.crash();
    assertThat(fixture.ranges()).hasSize(2);
    var labels = Labels.of("__name__", "b", "le", "11", "pod", "p2");
    before.get(labels).put(T0 + 7, Double.doubleToRawLongBits(7));
    assertThat(fixture.read(TimeRange.ALL)).isEqualTo(before);
    fixture.flusher.flush(Optional.empty());
    assertThat(fixture.blocks.metas).hasSize(2).containsKey(id);
    assertThat(content(fixture.blocks)).isEqualTo(before);
  }

  @Test
  void openRangeOfAnEarlierLife_takesMoreRows_andIsOneBlock() throws Exception {
    for (int life = 0; life < 3; life++) {
      for (int i = 0; i < 10; i++) {
        fixture
            .batch()
            .series("__name__", "m", "life", "" + life % 2)
            .sample(T0 + life * 1000 + i, i)
            .write();
      }
      fixture = fixture.crash();
    }
    var before = fixture.read(TimeRange.ALL);
    assertThat(before).hasSize(2);
    fixture.flusher.flush(Optional.empty());
    assertThat(fixture.blocks.metas).hasSize(1);
    assertThat(content(fixture.blocks)).isEqualTo(before);
  }

  @Test
  void metadataAndExemplars_goWithTheBlock_andMetadataStayKnownAfterTheLogIsCut() throws Exception {
    var entry = new MetricMetadata("m", MetricMetadata.Type.GAUGE, "Helps.", "");
    var exemplar = new Exemplar(Labels.of("trace_id", "x"), 1, T0 + 1);
    var writer = fixture.batch().series("__name__", "m").sample(T0 + 2, 1);
    writer.batch.addExemplar(exemplar);
    writer.batch.addMetadata(entry);
    writer.write();
    fixture.flusher.flush(Optional.empty());
    BlockMeta meta = fixture.blocks.metas.values().iterator().next();
    try (var reader = reader(fixture.blocks, meta)) {
      assertThat(reader.metadata("")).containsExactly(entry);
      assertThat(reader.exemplars(IngesterFixture.select(TimeRange.ALL)).getFirst().exemplars())
          .containsExactly(exemplar);
    }
    fixture = fixture.crash();
    assertThat(fixture.metrics.metadata(TENANT, "")).containsExactly(entry);
  }

  /// All blocks together.
  private Map<Labels, TreeMap<Long, Long>> content(MemoryBlocks blocks) {
    var out = new TreeMap<Labels, TreeMap<Long, Long>>();
    var columns = new SampleColumns();
    for (BlockMeta meta : blocks.metas.values()) {
      try (var reader = reader(blocks, meta);
          SeriesCursor cursor = reader.select(IngesterFixture.select(TimeRange.ALL))) {
        while (cursor.next()) {
          cursor.samples(columns);
          var rows = out.computeIfAbsent(cursor.labels(), unused -> new TreeMap<>());
          for (int i = 0; i < columns.size(); i++) {
            Long twice =
                rows.put(columns.timestamp(i), Double.doubleToRawLongBits(columns.value(i)));
            assertThat(twice).as("time %s twice", columns.timestamp(i)).isNull();
          }
        }
      }
    }
    return out;
  }

  private MetricsBlockReader reader(MemoryBlocks blocks, BlockMeta meta) {
    return MetricsBlockReader.open(
        meta,
        name -> {
          try {
            Path file = directory.resolve(meta.id() + "-" + name.replace('/', '_'));
            Files.write(file, blocks.files.get(meta.id()).get(name));
            return new FileRangedReader(file);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
