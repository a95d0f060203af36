package io.foursight.compactor.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.compactor.BlockMerger.Input;
import io.foursight.compactor.BlockMerger.Output;
import io.foursight.compactor.Compactor;
import io.foursight.compactor.CompactorConfig;
import io.foursight.compactor.CompactorLimits;
import io.foursight.compactor.Ownership;
import io.foursight.compactor.profiles.NaiveProfiles.Profile;
import io.foursight.config.TenantLimits;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.SymbolsInterner;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockStore;
import io.foursight.storage.block.ObjectBlockStore;
import io.foursight.storage.block.PageCache;
import io.foursight.storage.block.Ulids;
import io.foursight.storage.object.FaultyObjectStore;
import io.foursight.storage.object.FaultyObjectStore.Fault;
import io.foursight.storage.object.MemoryObjectStore;
import io.foursight.storage.profiles.block.v1.ProfileRow;
import io.foursight.storage.profiles.block.v1.ProfilesBlockFormat;
import io.foursight.storage.profiles.block.v1.ProfilesBlockReader;
import io.foursight.storage.profiles.block.v1.ProfilesBlockWriter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Why it matters: a merged block replaces its parents, so it must answer every question as they
/// did together, copies once. Real blocks in an object store that can fail at any request.
class ProfilesCompactionTest {
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
    return ProfilesCompaction.of(
        store(),
        CompactorConfig.defaults(),
        TenantLimits.fixed(new CompactorLimits(Duration.ZERO, Duration.ofDays(1))),
        tenant -> new ProfilesCompactorLimits(retention),
        dir.resolve("scratch"),
        clock,
        processes,
        new SimpleMeterRegistry(),
        Ownership.ALL);
  }

  private record Partition(String service, String build) {}

  /// A block as an ingester cuts it, builds by pod.
  private Input block(List<Profile> profiles) {
    String id = ulids.next();
    Path folder = dir.resolve(id);
    var sorted = new ArrayList<>(profiles);
    sorted.sort(
        Comparator.comparing((Profile p) -> p.labels().get(ProfileType.LABEL))
            .thenComparingLong(p -> ProfilesBlockFormat.interval(p.time()))
            .thenComparing(Profile::labels, ProfilesBlockFormat.SERIES_ORDER)
            .thenComparingLong(Profile::time)
            .thenComparingLong(Profile::idHigh)
            .thenComparingLong(Profile::idLow));
    Map<Partition, List<Profile>> parts = new HashMap<>();
    for (Profile p : sorted) {
      String pod = p.labels().get("pod");
      parts
          .computeIfAbsent(
              new Partition(p.labels().get("service_name"), pod.equals("p0") ? "x" : "y"),
              part -> new ArrayList<>())
          .add(p);
    }
    try (var writer = new ProfilesBlockWriter(folder, id)) {
      parts.forEach((part, own) -> {
        ProfilesBatch batch = NaiveProfiles.batch(own);
        var interner = new SymbolsInterner(new ProfileSymbols());
        var from = interner.from(batch.symbols());
        var row = new ProfileRow();
        for (int p = 0; p < batch.profiles(); p++) {
          row.begin(
              batch.labels(p),
              batch.timeNanos(p),
              batch.durationNanos(p),
              batch.period(p),
              batch.idHigh(p),
              batch.idLow(p));
          for (int s = batch.sampleStart(p); s < batch.sampleEnd(p); s++) {
            row.add(
                from.stack(batch.stack(s)),
                batch.value(s),
                batch.spanId(s),
                batch.traceHigh(s),
                batch.traceLow(s));
          }
          writer.add(row);
        }
        writer.endPartition(part.service, part.build, interner.symbols());
      });
      return new Input(writer.finish(1, List.of(id), List.of(), now), folder);
    }
  }

  private void upload(List<Profile> profiles) {
    Input block = block(profiles);
    store().upload(TENANT, block.meta(), block.directory());
  }

  private static ProfilesSelect everything() {
    return new ProfilesSelect(
        TENANT, Long.MIN_VALUE, Long.MAX_VALUE, List.of(), QueryBudget.unlimited());
  }

  private void verify(NaiveProfiles all, Random random, int questions, String what) {
    var source = new BlocksSource(store(), TENANT, Optional.empty());
    source.readers().forEach(ProfilesBlockReader::verify);
    for (int q = 0; q < questions; q++) {
      ProfilesSelect select =
          q == 0
              ? everything()
              : all.question(random, TENANT, T0 * 1_000_000, 5 * HOUR * 1_000_000);
      String as = what + " " + select;
      assertThat(NaiveProfiles.difference(source.merge(select), all.merge(select)))
          .as(as)
          .isEmpty();
      for (boolean bySpan : new boolean[] {false, true}) {
        assertThat(NaiveProfiles.rows(source, select, bySpan))
            .as(as)
            .isEqualTo(all.rows(select, bySpan));
      }
    }
    assertThat(source.series(everything())).as(what).isEqualTo(all.series(everything()));
  }

  private List<BlockMeta> live() {
    return store().scan(TENANT).visible().stream().map(BlockStore.Entry::meta).toList();
  }

  private static List<Profile> random(Random random, int count) {
    return NaiveProfiles.random(random, count, T0 * 1_000_000, 5 * HOUR * 1_000_000);
  }

  @Test
  void mergedBlocks_answerAsTheirParentsDid_copiesOnce() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var all = new NaiveProfiles();
    List<Profile> before = List.of();
    for (int b = 0; b < 5; b++) {
      var own = new ArrayList<>(random(random, 100));
      own.addAll(before.subList(0, before.size() / 3));
      upload(own);
      all.add(own);
      before = own;
    }
    verify(all, random, 5, "before, seed " + seed);
    now += 2 * HOUR;
    compactor().runOnce();
    assertThat(live()).hasSize(1);
    assertThat(live().getFirst().stats().get("profiles")).isEqualTo((long) all.all().size());
    verify(all, random, 15, "merged, seed " + seed);
  }

  /// The bound of memory must not change answers, not even where copies end in two partitions.
  @Test
  void symbolsPastTheBound_becomeSeveralPartitions() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var all = new NaiveProfiles();
    var inputs = new ArrayList<Input>();
    var copies = random(random, 50);
    for (int b = 0; b < 4; b++) {
      var own = new ArrayList<>(random(random, 60));
      own.addAll(copies);
      inputs.add(block(own));
      all.add(own);
    }
    String id = ulids.next();
    Path target = dir.resolve(id);
    var output = new Output(target, id, 2, List.of("s"), List.of("p"), 5);
    BlockMeta meta = new ProfilesMerger(1).merge(inputs, output, () -> false);
    assertThat(meta.parents()).containsExactly("p");
    assertThat(meta.level()).isEqualTo(2);
    assertThat(meta.stats().get("partitions")).isEqualTo(24);
    store().upload(TENANT, meta, target);
    verify(all, random, 15, "seed " + seed);
  }

  /// A kill at any request of a round must leave every profile readable, once.
  @Test
  void aKillAtAnyRequest_losesNothing_andTheNextRoundGoesOn() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var all = new NaiveProfiles();
    for (int b = 0; b < 4; b++) {
      var own = random(random, 8);
      upload(own);
      all.add(own);
    }
    now += 2 * HOUR;
    boolean finished = false;
    int deaths = 0;
    // In growing steps: what every death leaves makes the next round longer.
    for (int at = 0; !finished; at += 1 + at / 4) {
      int fatal = at;
      objects.forgetRequests();
      objects.script(request ->
          request.number() == fatal
              ? (fatal % 2 == 0 ? Fault.KILLED_BEFORE : Fault.KILLED_AFTER)
              : Fault.NONE);
      try {
        compactor().runOnce();
        finished = true;
      } catch (FaultyObjectStore.Killed e) {
        assertThat(e).hasMessageContaining("killed");
        deaths++;
      }
      objects.script(request -> Fault.NONE);
      verify(all, random, 1, "killed at " + at + ", seed " + seed);
      assertThat(at).isLessThan(1000);
    }
    assertThat(deaths).isGreaterThan(5);
    compactor().runOnce();
    assertThat(live()).hasSize(1);
    verify(all, random, 5, "in the end, seed " + seed);
  }

  @Test
  void profilesPastTheirRetention_andThoseOfDeletedTenants_go() {
    upload(random(new Random(1), 10));
    retention = Duration.ofHours(100);
    compactor().runOnce();
    assertThat(store().blocks(TENANT)).hasSize(1);
    retention = Duration.ofHours(10);
    compactor().runOnce();
    assertThat(store().blocks(TENANT).getFirst().markedForDeletion()).isTrue();
    now += 24 * HOUR;
    compactor().runOnce();
    assertThat(store().blocks(TENANT)).isEmpty();
    retention = Duration.ZERO;
    upload(random(new Random(2), 10));
    compactor().deleteTenant(TENANT);
    compactor().runOnce();
    assertThat(store().blocks(TENANT)).isEmpty();
    assertThat(Files.exists(dir)).isTrue();
  }
}
