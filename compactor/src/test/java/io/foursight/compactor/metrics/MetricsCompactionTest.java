package io.foursight.compactor.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.compactor.Compactor;
import io.foursight.compactor.CompactorConfig;
import io.foursight.compactor.CompactorLimits;
import io.foursight.compactor.Ownership;
import io.foursight.config.TenantLimits;
import io.foursight.model.Labels;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.StaleMarker;
import io.foursight.storage.block.BlockLeases;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockOrder;
import io.foursight.storage.block.BlockStore;
import io.foursight.storage.block.ObjectBlockStore;
import io.foursight.storage.block.PageCache;
import io.foursight.storage.block.Ulids;
import io.foursight.storage.metrics.block.v1.BlockScan;
import io.foursight.storage.metrics.block.v1.MetricsBlockFormat;
import io.foursight.storage.metrics.block.v1.MetricsBlockReader;
import io.foursight.storage.metrics.block.v1.MetricsBlockWriter;
import io.foursight.storage.object.FaultyObjectStore;
import io.foursight.storage.object.FaultyObjectStore.Fault;
import io.foursight.storage.object.MemoryObjectStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real blocks in an object store that can fail at any request.
class MetricsCompactionTest {
  private static final long HOUR = 3_600_000;
  private static final long T0 = 20_000 * 24 * HOUR;
  private static final TenantId TENANT = new TenantId("acme");

  @TempDir Path dir;

  private long now = T0 + 48 * HOUR;
  private final InstantSource clock = () -> Instant.ofEpochMilli(now);
  private final FaultyObjectStore objects = new FaultyObjectStore(new MemoryObjectStore(clock));
  private final Ulids ulids = new Ulids(clock, new Random(1));
  private final Random processes = new Random(7);
  private Duration retention = Duration.ZERO;

  private ObjectBlockStore store() {
    return new ObjectBlockStore(objects, clock, new PageCache(1 << 20, new SimpleMeterRegistry()));
  }

  private Compactor compactor() {
    return new Compactor(
        Signal.METRICS,
        store(),
        new MetricsMerger(),
        CompactorConfig.defaults(),
        TenantLimits.fixed(new CompactorLimits(retention, Duration.ofDays(1))),
        dir.resolve("scratch"),
        clock,
        processes,
        new SimpleMeterRegistry());
  }

  private static Labels labels(String name, int instance) {
    return Labels.of("__name__", name, "instance", "i" + instance, "job", "test");
  }

  /// Uploads a block with the samples of a model; timestamps ascending.
  private BlockMeta upload(TenantId tenant, Map<Labels, TreeMap<Long, Double>> series) {
    String id = ulids.next();
    Path folder = dir.resolve(id);
    var sorted = new TreeMap<Labels, TreeMap<Long, Double>>(MetricsBlockFormat.SERIES_ORDER);
    sorted.putAll(series);
    try (var writer = new MetricsBlockWriter(folder, id)) {
      sorted.forEach((labels, samples) -> {
        var columns = new SampleColumns();
        samples.forEach(columns::add);
        writer.add(labels, columns);
        long first = samples.firstKey();
        writer.addExemplars(
            labels, List.of(new Exemplar(Labels.of("trace_id", "t" + first), 1.5, first)));
      });
      writer.addMetadata(
          new MetricMetadata("m", MetricMetadata.Type.COUNTER, "help of " + series.size(), ""));
      BlockMeta meta = writer.finish(1, List.of(id), List.of(), now);
      store().upload(tenant, meta, folder);
      return meta;
    }
  }

  private BlockMeta uploadRandom(Random random, long fromHour, long toHour) {
    var series = new TreeMap<Labels, TreeMap<Long, Double>>();
    for (int i = 0; i < 8; i++) {
      if (random.nextInt(3) > 0) {
        var samples = new TreeMap<Long, Double>();
        for (int s = 0; s < 40; s++) {
          // On a coarse grid, so that blocks hold the same timestamps.
          long at = T0 + fromHour * HOUR + random.nextInt((int) (toHour - fromHour) * 60) * 60_000L;
          samples.put(at, at % 1000 + (double) i);
        }
        series.put(labels(i % 2 == 0 ? "m" : "n", i), samples);
      }
    }
    series.put(labels("always", 0), new TreeMap<>(Map.of(T0 + fromHour * HOUR, 1.0)));
    return upload(TENANT, series);
  }

  /// Every visible sample, merged as readers merge.
  private Map<String, TreeMap<Long, Double>> visible() {
    var all = new TreeMap<String, TreeMap<Long, Double>>();
    visibleBlocks()
        .forEach(meta -> {
          try (var reader = open(meta);
              BlockScan scan = reader.scan(TimeRange.ALL)) {
            var columns = new SampleColumns();
            while (scan.next()) {
              scan.samples(columns);
              var samples = all.computeIfAbsent(scan.labels().toString(), l -> new TreeMap<>());
              for (int i = 0; i < columns.size(); i++) {
                samples.put(columns.timestamp(i), columns.value(i));
              }
            }
          }
        });
    return all;
  }

  private List<BlockMeta> visibleBlocks() {
    return store().blocks(TENANT).stream()
        .map(BlockStore.Entry::meta)
        .sorted(BlockOrder.OLDEST_FIRST)
        .toList();
  }

  private MetricsBlockReader open(BlockMeta meta) {
    ObjectBlockStore store = store();
    return MetricsBlockReader.open(meta, name -> store.open(TENANT, meta, name));
  }

  @Test
  void blocksOfADay_becomeOneWithAllTheirSamplesExemplarsAndMetadata() {
    var random = new Random(11);
    var ids = new TreeSet<String>();
    for (int hour = 0; hour < 24; hour += 2) {
      ids.add(uploadRandom(random, hour, hour + 2).id());
      ids.add(uploadRandom(random, hour, hour + 2).id());
    }
    ids.add(uploadRandom(random, 1, 20).id());
    var before = visible();
    now += HOUR;

    compactor().runOnce();

    List<BlockMeta> blocks = visibleBlocks();
    assertThat(blocks).hasSize(1);
    BlockMeta merged = blocks.getFirst();
    assertThat(visible()).isEqualTo(before);
    assertThat(merged.level()).isGreaterThan(2);
    assertThat(Set.copyOf(merged.sources())).isEqualTo(ids);
    try (var reader = open(merged);
        BlockScan scan = reader.scan(TimeRange.ALL)) {
      assertThat(reader.metadata("m")).hasSizeGreaterThan(1);
      assertThat(scan.next()).isTrue();
      assertThat(scan.labels().metricName()).isEqualTo("always");
      assertThat(scan.exemplars()).extracting(Exemplar::timestampMillis).isSorted().hasSize(13);
    }
    assertThat(dir.resolve("scratch"))
        .satisfiesAnyOf(d -> assertThat(d).isEmptyDirectory(), d -> assertThat(d).doesNotExist());
  }

  /// Of two samples at one time the later block's counts, but a stale marker only where it is
  /// alone.
  @Test
  void sampleInSeveralBlocks_isTakenOnceByTheRule() {
    Labels a = labels("m", 1);
    upload(TENANT, Map.of(a, new TreeMap<>(Map.of(T0, 1.0, T0 + 1, 5.0, T0 + 2, 7.0))));
    upload(
        TENANT, Map.of(a, new TreeMap<>(Map.of(T0, 2.0, T0 + 2, StaleMarker.VALUE, T0 + 3, 9.0))));
    now += HOUR;
    compactor().runOnce();
    BlockMeta merged = visibleBlocks().getFirst();
    try (var reader = open(merged);
        BlockScan scan = reader.scan(TimeRange.ALL)) {
      scan.next();
      var columns = new SampleColumns();
      scan.samples(columns);
      assertThat(columns.size()).isEqualTo(4);
      assertThat(columns.value(0)).isEqualTo(2.0);
      assertThat(columns.value(1)).isEqualTo(5.0);
      assertThat(columns.value(2)).isEqualTo(7.0);
      assertThat(columns.value(3)).isEqualTo(9.0);
    }
  }

  /// The heart of it: a process that dies at any request leaves every sample visible, once, and the
  /// next round ends where an undisturbed one would have.
  @Test
  void deathAtAnyRequest_changesNoVisibleSample() {
    var random = new Random(13);
    for (int hour = 0; hour < 6; hour += 2) {
      uploadRandom(random, hour, hour + 2);
      uploadRandom(random, hour, hour + 2);
    }
    var expected = visible();
    now += HOUR;
    int deaths = 0;
    for (int fatal = 0; fatal < 10_000; fatal += 1 + random.nextInt(3)) {
      objects.forgetRequests();
      int at = fatal;
      Fault fault = random.nextBoolean() ? Fault.KILLED_BEFORE : Fault.KILLED_AFTER;
      objects.script(r -> r.number() == at ? fault : Fault.NONE);
      boolean died = false;
      try {
        compactor().runOnce();
      } catch (FaultyObjectStore.Killed e) {
        died = true;
        deaths++;
      }
      objects.script(r -> Fault.NONE);
      assertThat(visible()).as("death at request %d", fatal).isEqualTo(expected);
      if (!died) {
        break;
      }
      if (fatal % 5 == 0) {
        uploadAgain(random, expected);
        now += 2 * HOUR;
      }
    }
    assertThat(deaths).isGreaterThan(10);
    now += 3 * HOUR;
    compactor().runOnce();
    now += 3 * HOUR;
    compactor().runOnce();
    compactor().runOnce();
    assertThat(visible()).isEqualTo(expected);
    assertThat(visibleBlocks()).hasSize(1);
    assertThat(objects.list("acme/"))
        .extracting(o -> o.key())
        .filteredOn(key -> key.endsWith("meta.json"))
        .hasSize(1);
  }

  /// A block with some of the samples that are there already: more work for the compactor.
  private void uploadAgain(Random random, Map<String, TreeMap<Long, Double>> expected) {
    var samples = new TreeMap<Long, Double>();
    String name = labels("always", 0).toString();
    expected.get(name).forEach((t, v) -> samples.put(t, v));
    if (random.nextInt(4) > 0) {
      upload(TENANT, Map.of(labels("always", 0), samples));
    }
  }

  @Test
  void objectStoreThatRefuses_losesNothingAndTheNextRoundGoesOn() {
    var random = new Random(17);
    uploadRandom(random, 0, 2);
    uploadRandom(random, 0, 2);
    var expected = visible();
    now += HOUR;
    objects.script(r -> r.writes() ? Fault.REFUSED : Fault.NONE);
    compactor().runOnce();
    objects.script(r -> r.operation().equals("getRange") ? Fault.TRUNCATED : Fault.NONE);
    compactor().runOnce();
    objects.script(r -> Fault.NONE);
    assertThat(visible()).isEqualTo(expected);
    assertThat(visibleBlocks()).hasSize(2);
    compactor().runOnce();
    assertThat(visible()).isEqualTo(expected);
    assertThat(visibleBlocks()).hasSize(1);
  }

  @Test
  void mergedBlocks_areDeletedAfterTheDelayOnly() {
    var random = new Random(19);
    uploadRandom(random, 0, 2);
    uploadRandom(random, 0, 2);
    now += HOUR;
    compactor().runOnce();
    compactor().runOnce();
    assertThat(store().scan(TENANT).superseded()).hasSize(2);
    now += 3 * HOUR;
    compactor().runOnce();
    assertThat(store().scan(TENANT).superseded()).isEmpty();
    assertThat(store().scan(TENANT).marked()).isEmpty();
    assertThat(visibleBlocks()).hasSize(1);
  }

  @Test
  void retention_deletesOldBlocksAndNothingComesBack() {
    var random = new Random(23);
    uploadRandom(random, 0, 2);
    uploadRandom(random, 0, 2);
    BlockMeta young = uploadRandom(random, 46, 47);
    now += HOUR;
    compactor().runOnce();
    retention = Duration.ofHours(24);
    compactor().runOnce();
    for (int i = 0; i < 6; i++) {
      now += HOUR;
      compactor().runOnce();
    }
    assertThat(visibleBlocks()).containsExactly(young);
    assertThat(objects.list("acme/"))
        .noneMatch(o -> o.key().endsWith("meta.json") && !o.key().contains(young.id()));
  }

  @Test
  void deletedTenant_losesEverythingAndOthersNothing() {
    var random = new Random(29);
    uploadRandom(random, 0, 2);
    var other = new TenantId("other");
    upload(other, Map.of(labels("m", 1), new TreeMap<>(Map.of(T0, 1.0))));
    Compactor compactor = compactor();
    compactor.deleteTenant(TENANT);
    assertThat(compactor.isTenantDeleted(TENANT)).isFalse();
    compactor.runOnce();
    assertThat(compactor.isTenantDeleted(TENANT)).isTrue();
    uploadRandom(random, 2, 4); // an ingester's last flush
    compactor.runOnce();
    assertThat(visibleBlocks()).isEmpty();
    assertThat(store().blocks(other)).hasSize(1);
    now += 7 * HOUR;
    compactor.runOnce();
    assertThat(objects.list("acme/")).isEmpty();
  }

  @Test
  void partialUpload_isRemovedAfterADayOnly() {
    objects.put("acme/" + ulids.next() + "/index", new byte[3]);
    uploadRandom(new Random(31), 0, 2);
    compactor().runOnce();
    assertThat(store().scan(TENANT).partial()).hasSize(1);
    now += 25 * HOUR;
    compactor().runOnce();
    assertThat(store().scan(TENANT).partial()).isEmpty();
    assertThat(visibleBlocks()).hasSize(1);
  }

  /// One of several, which all think that the tenant is theirs, as in a partition.
  private Compactor rival(String name, LongSupplier nanoClock) {
    return new Compactor(
        Signal.METRICS,
        store(),
        new MetricsMerger(),
        CompactorConfig.defaults(),
        TenantLimits.fixed(new CompactorLimits(retention, Duration.ofDays(1))),
        dir.resolve("scratch-" + name),
        clock,
        processes,
        new SimpleMeterRegistry(),
        new Ownership(
            tenant -> true,
            Optional.of(new BlockLeases(objects, name, Duration.ofHours(1), nanoClock))));
  }

  private void uploadADay() {
    var random = new Random(5);
    for (int hour = 0; hour < 24; hour += 2) {
      uploadRandom(random, hour, hour + 2);
      uploadRandom(random, hour, hour + 2);
    }
    now += HOUR;
  }

  private void assertNoSourceTwice() {
    List<String> sources =
        visibleBlocks().stream().flatMap(meta -> meta.sources().stream()).toList();
    assertThat(sources).doesNotHaveDuplicates();
  }

  @Test
  void ofTwoThatOwnATenant_oneMergesIt_whileTheOtherLooksOn() {
    uploadADay();
    var before = visible();
    Compactor first = rival("first", () -> 0);
    Compactor second = rival("second", () -> 0);
    var meanwhile = new AtomicInteger();
    var asked = new AtomicInteger();
    objects.script(request -> {
      boolean publishes = request.operation().equals("put") && request.key().endsWith("meta.json");
      if (publishes && asked.getAndIncrement() == 0) {
        meanwhile.addAndGet(second.runOnce());
      }
      return Fault.NONE;
    });
    assertThat(first.runOnce()).isPositive();
    assertThat(asked.get()).isPositive();
    assertThat(meanwhile).hasValue(0);
    assertNoSourceTwice();
    assertThat(visible()).isEqualTo(before);
    objects.script(request -> Fault.NONE);
    var next = new BlockLeases(objects, "next", Duration.ofHours(1), () -> 0).take(TENANT);
    assertThat(next).as("given back after the merge").isPresent();
    next.get().close();
  }

  @Test
  void ofOneThatDied_anotherTakesOver_whenTheLeaseHasRunOut() {
    uploadADay();
    var nanos = new AtomicLong();
    try (var dead =
        new BlockLeases(objects, "dead", Duration.ofHours(1), () -> 0).take(TENANT).orElseThrow()) {
      Compactor heir = rival("heir", nanos::get);
      assertThat(heir.runOnce()).isZero();
      nanos.addAndGet(Duration.ofMinutes(60).toNanos());
      assertThat(heir.runOnce()).isZero();
      nanos.addAndGet(Duration.ofMinutes(1).toNanos());
      assertThat(heir.runOnce()).isPositive();
      assertThat(dead.isHeld()).isFalse();
    }
    assertNoSourceTwice();
  }

  /// It was paused for so long that another one took over: its result must not appear.
  @Test
  void whoLostItsLeaseMeanwhile_throwsItsResultAway() {
    uploadADay();
    var before = visible();
    var nanos = new AtomicLong();
    Compactor paused = rival("paused", nanos::get);
    var pauses = new AtomicInteger();
    objects.script(request -> {
      if (request.operation().equals("put") && request.key().contains("/meta.json")) {
        throw new AssertionError("published without a right");
      }
      if (request.writes() && !request.key().contains("lease") && pauses.getAndIncrement() == 0) {
        nanos.addAndGet(Duration.ofMinutes(50).toNanos());
      }
      return Fault.NONE;
    });
    assertThat(paused.runOnce()).isZero();
    assertThat(pauses.get()).isPositive();
    objects.script(request -> Fault.NONE);
    assertThat(visible()).isEqualTo(before);
  }
}
