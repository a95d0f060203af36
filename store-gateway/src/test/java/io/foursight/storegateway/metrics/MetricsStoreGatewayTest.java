package io.foursight.storegateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.config.ByteSize;
import io.foursight.config.TenantLimits;
import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SelectHints;
import io.foursight.model.metrics.SelectHints.Delivery;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.ObjectBlockStore;
import io.foursight.storage.block.PageCache;
import io.foursight.storage.block.Ulids;
import io.foursight.storage.metrics.block.v1.MetricsBlockWriter;
import io.foursight.storage.object.MemoryObjectStore;
import io.foursight.storegateway.BlockFiles;
import io.foursight.storegateway.StoreGatewayConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsStoreGatewayTest {
  private static final TenantId TENANT = TenantId.ANONYMOUS;
  private static final long NOW = 1_700_000_000_000L;

  @TempDir Path directory;

  private final Clock clock = Clock.fixed(Instant.ofEpochMilli(NOW), ZoneOffset.UTC);
  private final MemoryObjectStore objects = new MemoryObjectStore();
  private final ObjectBlockStore blocks =
      new ObjectBlockStore(objects, clock, new PageCache(1 << 20, new SimpleMeterRegistry()));
  private final Ulids ulids = new Ulids(clock, new Random(1));
  private final List<MetricsStoreGateway> opened = new ArrayList<>();
  private int created;

  @AfterEach
  void stop() {
    opened.forEach(g -> g.stop(Deadline.NONE));
  }

  private MetricsStoreGateway gateway(Duration retention, boolean skipCorrupt) {
    var gateway =
        new MetricsStoreGateway(
            blocks,
            BlockFiles.direct(objects, blocks),
            new StoreGatewayConfig(Duration.ofHours(1), ByteSize.ofMebibytes(4), skipCorrupt, 3),
            TenantLimits.fixed(new MetricsStoreGatewayLimits(retention)),
            clock,
            new SimpleMeterRegistry());
    opened.add(gateway);
    return gateway;
  }

  private MetricsStoreGateway gateway() {
    return gateway(Duration.ZERO, false);
  }

  /// A block of series `m{i="..."}`, each with these times and its own number as the value.
  private BlockMeta block(List<String> parents, int series, double value, long... times) {
    return block(List.of(), parents, series, value, times);
  }

  /// @param sources none = the block's own id
  private BlockMeta block(
      List<String> sources, List<String> parents, int series, double value, long... times) {
    String id = ulids.next();
    Path folder = directory.resolve(id);
    try (var writer = new MetricsBlockWriter(folder, id)) {
      for (int i = 0; i < series; i++) {
        var samples = new SampleColumns();
        for (long time : times) {
          samples.add(time, value);
        }
        writer.add(Labels.of("__name__", "m", "i", String.format("%04d", i)), samples);
      }
      BlockMeta meta =
          writer.finish(
              parents.isEmpty() ? 1 : 2,
              sources.isEmpty() ? List.of(id) : sources,
              parents,
              NOW + created++);
      blocks.upload(TENANT, meta, folder);
      return meta;
    }
  }

  private static MetricsSelect all(LabelMatcher... matchers) {
    return new MetricsSelect(TENANT, TimeRange.ALL, List.of(matchers), QueryBudget.unlimited());
  }

  private static Map<String, String> drained(SeriesCursor cursor) {
    var found = new TreeMap<String, String>();
    try (cursor) {
      var samples = new SampleColumns();
      while (cursor.next()) {
        cursor.samples(samples);
        var text = new StringBuilder();
        for (int i = 0; i < samples.size(); i++) {
          text.append(samples.timestamp(i)).append('=').append(samples.value(i)).append(' ');
        }
        found.put(cursor.labels().get("i"), text.toString().trim());
      }
    }
    return found;
  }

  @Test
  void blocksReadAsOne_andTheOneMadeLastWins() {
    block(List.of(), 2, 1, NOW - 3000, NOW - 2000);
    block(List.of(), 1, 2, NOW - 2000, NOW - 1000);
    assertThat(drained(gateway().select(all())))
        .containsEntry(
            "0000", (NOW - 3000) + "=1.0 " + (NOW - 2000) + "=2.0 " + (NOW - 1000) + "=2.0")
        .containsEntry("0001", (NOW - 3000) + "=1.0 " + (NOW - 2000) + "=1.0")
        .hasSize(2);
    assertThat(gateway().labelNames(all())).containsExactly("__name__", "i");
    assertThat(gateway().labelValues("i", all())).containsExactly("0000", "0001");
    assertThat(drained(gateway().select(all(LabelMatcher.equal("i", "0001"))))).hasSize(1);
    assertThat(
            gateway()
                .labelNames(
                    new MetricsSelect(
                        new TenantId("other"), TimeRange.ALL, List.of(), QueryBudget.unlimited())))
        .isEmpty();
  }

  /// The ingester drops data on a yes: the block must be found even if it is newer than any poll.
  @Test
  void pickup_findsNewBlocks_mergedOnes_andSaysNoOtherwise() {
    MetricsStoreGateway gateway = gateway();
    assertThat(drained(gateway.select(all()))).isEmpty();
    BlockMeta first = block(List.of(), 1, 1, NOW - 1000);
    assertThat(gateway.serves(Signal.METRICS, TENANT, first.id())).isTrue();
    assertThat(drained(gateway.select(all()))).hasSize(1);
    assertThat(gateway.serves(Signal.METRICS, TENANT, ulids.next())).isFalse();
    assertThat(gateway.serves(Signal.LOGS, TENANT, first.id())).isFalse();
    block(List.of(first.id()), 1, 1, NOW - 1000);
    blocks.delete(TENANT, first.id());
    assertThat(gateway().serves(Signal.METRICS, TENANT, first.id())).isTrue();
  }

  @Test
  void aCorruptBlock_isNotPickedUp_failsTheQueryByName_orIsSkipped() {
    BlockMeta good = block(List.of(), 1, 1, NOW - 1000);
    BlockMeta bad = block(List.of(), 1, 2, NOW - 2000);
    for (BlockMeta.File file : bad.files()) {
      objects.put(blocks.key(TENANT, bad.id(), file.name()), new byte[(int) file.sizeBytes()]);
    }
    MetricsStoreGateway strict = gateway();
    assertThat(strict.serves(Signal.METRICS, TENANT, good.id())).isTrue();
    assertThat(strict.serves(Signal.METRICS, TENANT, bad.id())).isFalse();
    assertThatThrownBy(() -> drained(strict.select(all())))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT))
        .hasMessageContaining(bad.id());
    assertThat(drained(gateway(Duration.ZERO, true).select(all())))
        .containsEntry("0000", (NOW - 1000) + "=1.0");
  }

  /// The compactor merges and deletes while a query reads: it sees every sample, once.
  @Test
  void blocksDeletedUnderAQuery_areReplacedByTheMergedOne() {
    BlockMeta first = block(List.of(), 300, 1, NOW - 2000);
    BlockMeta second = block(List.of(), 300, 1, NOW - 1000);
    MetricsStoreGateway gateway = gateway();
    SeriesCursor cursor = gateway.select(all());
    var samples = new SampleColumns();
    int series = 0;
    while (cursor.next()) {
      if (series == 10) {
        block(List.of(first.id(), second.id()), 300, 1, NOW - 2000, NOW - 1000);
        blocks.delete(TENANT, first.id());
        blocks.delete(TENANT, second.id());
      }
      cursor.samples(samples);
      assertThat(samples.size()).as("series %s", series).isEqualTo(2);
      assertThat(cursor.labels().get("i")).isEqualTo(String.format("%04d", series));
      series++;
    }
    cursor.close();
    assertThat(series).isEqualTo(300);
    assertThat(drained(gateway.select(all()))).hasSize(300);
  }

  /// The same where a query reads a single block in the order of its file, in stretches.
  @Test
  void blockReplacedUnderAQueryInAnyOrder_isReadOnFromTheNewOne() {
    for (int deleteAt : new int[] {0, 1, 1000, 1100, 2600, 2999}) {
      BlockMeta block = block(List.of(), 3000, 1, NOW - 2000, NOW - 1000);
      MetricsStoreGateway gateway = gateway();
      var hints = new SelectHints("", 0, 0, List.of(), false, 0, 0, 0, Delivery.ANY_ORDER);
      var select =
          new MetricsSelect(TENANT, TimeRange.ALL, List.of(), hints, QueryBudget.unlimited());
      List<SeriesCursor> stretches = gateway.select(select, 2);
      assertThat(stretches).hasSize(2).noneMatch(SeriesCursor::isAscending);
      var found = new ArrayList<String>();
      var samples = new SampleColumns();
      for (SeriesCursor stretch : stretches) {
        try (stretch) {
          while (true) {
            if (found.size() == deleteAt) {
              BlockMeta merged = block(List.of(block.id()), 3000, 1, NOW - 2000, NOW - 1000);
              blocks.delete(TENANT, block.id());
              block = merged;
            }
            if (!stretch.next()) {
              break;
            }
            stretch.samples(samples);
            assertThat(samples.size()).isEqualTo(2);
            found.add(stretch.labels().get("i"));
          }
        }
      }
      assertThat(found).hasSize(3000).doesNotHaveDuplicates();
      blocks.delete(TENANT, block.id());
    }
  }

  @Test
  void samplesBeyondRetention_areNotRead() {
    block(List.of(), 1, 1, NOW - 7_200_000, NOW - 1000);
    assertThat(drained(gateway(Duration.ofHours(1), false).select(all())))
        .containsEntry("0000", (NOW - 1000) + "=1.0");
  }

  /// What a cache of results has to know: an import brings data, a flush and a merge do not.
  @Test
  void blockThatNobodyAnnounced_changesTheVersionOfItsRange() {
    var gateway = gateway();
    var range = new TimeRange(NOW - 3000, NOW);
    assertThat(drained(gateway.select(all()))).isEmpty();
    long before = gateway.version(TENANT, range);

    var flushed = block(List.of(), 1, 1, NOW - 2000);
    assertThat(gateway.serves(Signal.METRICS, TENANT, flushed.id())).isTrue();
    assertThat(gateway.version(TENANT, range)).isEqualTo(before);

    block(List.of(), 1, 2, NOW - 1000);
    var asked = block(List.of(), 1, 2, NOW - 100_000_000);
    assertThat(gateway.serves(Signal.METRICS, TENANT, asked.id())).isTrue();
    long imported = gateway.version(TENANT, range);
    assertThat(imported).isNotEqualTo(before);
    assertThat(gateway.version(TENANT, new TimeRange(NOW - 100_000_000, NOW - 90_000_000)))
        .isEqualTo(before);

    block(List.of(flushed.id()), List.of(flushed.id()), 1, 1, NOW - 2000);
    gateway.serves(Signal.METRICS, TENANT, "unknown");
    assertThat(gateway.version(TENANT, range)).isEqualTo(imported);
  }

  /// Its times are not known: what it may hold is not answered, what it cannot hold is.
  @Test
  void blockWithACorruptMeta_failsQueriesThatMayNeedIt_orIsSkipped() {
    block(List.of(), 1, 1, NOW - 2000);
    var bad = block(List.of(), 2, 2, NOW - 1000);
    objects.put(
        blocks.key(TENANT, bad.id(), BlockMeta.FILE_NAME), "{".getBytes(StandardCharsets.UTF_8));
    MetricsStoreGateway strict = gateway();
    assertThatThrownBy(() -> drained(strict.select(all())))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT))
        .hasMessageContaining(bad.id());
    long later = Ulids.millis(bad.id()) + Duration.ofDays(2).toMillis();
    var afterIt =
        new MetricsSelect(
            TENANT, new TimeRange(later, later + 1000), List.of(), QueryBudget.unlimited());
    assertThat(drained(strict.select(afterIt))).isEmpty();
    assertThat(drained(gateway(Duration.ZERO, true).select(all())))
        .isEqualTo(Map.of("0000", (NOW - 2000) + "=1.0"));
  }
}
