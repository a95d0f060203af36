package io.foursight.ingester.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.config.ByteSize;
import io.foursight.ingester.Flusher;
import io.foursight.ingester.Ingester;
import io.foursight.ingester.IngesterConfig;
import io.foursight.ingester.IngesterMetrics;
import io.foursight.ingester.SignalShelf;
import io.foursight.ingester.profiles.NaiveProfiles.Profile;
import io.foursight.model.BlockPickup;
import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesSource;
import io.foursight.model.profiles.ProfilesStats;
import io.foursight.model.profiles.ProfilesWriteResult;
import io.foursight.storage.block.ObjectBlockStore;
import io.foursight.storage.block.PageCache;
import io.foursight.storage.object.MemoryObjectStore;
import io.foursight.storage.profiles.block.v1.ProfilesBlockReader;
import io.foursight.storage.wal.FileWal;
import io.foursight.storage.wal.WalConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Profiles of one ingester over a real log: nothing is lost, nothing doubled, and every question
/// is answered as by somebody who looks through all profiles that were sent.
class ProfilesIngesterTest {
  private static final TenantId TENANT = new TenantId("tenant-1");
  private static final long HOUR = 3_600_000_000_000L;

  @TempDir Path directory;
  private final long now = Clock.systemUTC().millis() * 1_000_000;
  private final ObjectBlockStore blocks =
      new ObjectBlockStore(
          new MemoryObjectStore(),
          Clock.systemUTC(),
          new PageCache(1 << 20, new SimpleMeterRegistry()));
  private BlockPickup pickup = (signal, tenant, id) -> false;
  private ProfilesLimits limits = ProfilesLimits.defaults();
  private ByteSize segmentSize = ByteSize.ofMebibytes(128);
  private ProfilesIngester profiles;
  private Flusher flusher;
  private Ingester ingester;
  private FileWal wal;
  private int lives;

  @BeforeEach
  void open() {
    var registry = new SimpleMeterRegistry();
    Path wals = directory.resolve("wal-" + lives);
    wal = new FileWal(wals, WalConfig.defaults().withSegmentSize(new ByteSize(64 << 10)), registry);
    var config = IngesterConfig.defaults();
    var meters = new IngesterMetrics(registry, Signal.PROFILES);
    profiles =
        new ProfilesIngester(
            config,
            new ProfilesIngesterConfig(
                segmentSize, Duration.ofHours(1), Duration.ofHours(1), new ByteSize(0)),
            tenant -> limits,
            wal,
            Clock.systemUTC(),
            new Random(5),
            meters);
    flusher =
        new Flusher(
            profiles,
            config,
            wal,
            blocks,
            (signal, tenant, id) -> pickup.serves(signal, tenant, id),
            directory.resolve("blocks"),
            Clock.systemUTC(),
            meters);
    ingester =
        new Ingester(
            config, wal, List.of(new SignalShelf(profiles, flusher)), directory.resolve("x"));
    ingester.start();
  }

  /// The log as it is on disk at this moment goes to a new life; the old one is closed unseen.
  private void crash() throws IOException {
    Path from = directory.resolve("wal-" + lives);
    Path to = directory.resolve("wal-" + ++lives);
    Files.createDirectories(to);
    try (var files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    wal.stop(Deadline.after(Duration.ofSeconds(5)));
    open();
  }

  @AfterEach
  void stop() {
    wal.stop(Deadline.after(Duration.ofSeconds(5)));
    ingester.stop(Deadline.after(Duration.ofSeconds(5)));
  }

  private ProfilesWriteResult write(List<Profile> all) {
    return profiles.write(TENANT, NaiveProfiles.batch(all));
  }

  private ProfilesSelect everything() {
    return new ProfilesSelect(
        TENANT, Long.MIN_VALUE, Long.MAX_VALUE, List.of(), QueryBudget.unlimited());
  }

  private void verify(NaiveProfiles all, Random random, long from, long range, String what) {
    verify(profiles, all, random, from, range, what);
  }

  private void verify(
      ProfilesSource profiles,
      NaiveProfiles all,
      Random random,
      long from,
      long range,
      String what) {
    for (int q = 0; q < 8; q++) {
      ProfilesSelect select = q == 0 ? everything() : all.question(random, TENANT, from, range);
      String as = what + " " + select;
      assertThat(NaiveProfiles.difference(profiles.merge(select), all.merge(select)))
          .as(as)
          .isEmpty();
      assertThat(NaiveProfiles.rows(profiles, select, false))
          .as(as)
          .isEqualTo(all.rows(select, false));
      assertThat(NaiveProfiles.rows(profiles, select, true))
          .as(as)
          .isEqualTo(all.rows(select, true));
      assertThat(select.budget().memoryBytes()).as(as).isZero();
    }
    ProfilesSelect select = everything();
    assertThat(profiles.series(select)).as(what).isEqualTo(all.series(select));
    assertThat(profiles.labelNames(select))
        .containsExactly("__name__", "__profile_type__", "pod", "service_name");
    var pods = new TreeSet<String>();
    all.all().forEach(p -> pods.add(p.labels().get("pod")));
    assertThat(profiles.labelValues("pod", select)).containsExactlyElementsOf(pods);
  }

  /// What was acknowledged is there at once and after any crash, whichever of the pieces has it.
  @Test
  void whatWasAcknowledged_isAnsweredAtOnceAndAfterCrashes() throws IOException {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var all = new NaiveProfiles();
    // Days back, so that several segments take turns.
    long from = now - 40 * HOUR;
    for (int round = 0; round < 4; round++) {
      for (int b = 0; b < 20; b++) {
        var sent = NaiveProfiles.random(random, 1 + random.nextInt(15), from, 41 * HOUR);
        ProfilesWriteResult result = write(sent);
        assertThat(result).isEqualTo(new ProfilesWriteResult(sent.size(), List.of()));
        all.add(sent);
      }
      verify(all, random, from, 41 * HOUR, "seed " + seed);
      if (round % 2 == 1) {
        crash();
        verify(all, random, from, 41 * HOUR, "after a crash, seed " + seed);
      }
    }
    ProfilesStats stats = profiles.stats(everything());
    assertThat(stats.profiles()).isEqualTo(all.all().size());
    assertThat(stats.series()).isEqualTo(all.series(everything()).size());
    assertThat(stats.samples())
        .isEqualTo(all.all().stream().mapToLong(p -> p.samples().size()).sum());
    assertThat(stats.oldestNanos())
        .isEqualTo(all.all().stream().mapToLong(Profile::time).min().orElseThrow());
  }

  /// A sender that got no answer sends again; the same profile must not count twice, be it in a
  /// sealed segment by now, and another profile that looks alike must.
  @Test
  void profilesThatAreSentAgain_countOnce() throws IOException {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var all = new NaiveProfiles();
    var sent = NaiveProfiles.random(random, 50, now - HOUR, HOUR);
    write(sent);
    all.add(sent);
    assertThat(write(sent).profiles()).isEqualTo(50);
    verify(all, random, now - HOUR, HOUR, "seed " + seed);
    profiles.pieces(Optional.empty()).forEach(piece -> piece.seal());
    assertThat(write(sent).profiles()).isEqualTo(50);
    assertThat(profiles.coveredBlocks(everything()).size()).isGreaterThan(1);
    verify(all, random, now - HOUR, HOUR, "in two segments, seed " + seed);
    var alike =
        sent.stream()
            .map(p -> new Profile(p.labels(), p.time(), p.idHigh(), p.idLow() + 1, p.samples()))
            .toList();
    write(alike);
    all.add(alike);
    verify(all, random, now - HOUR, HOUR, "others that look alike, seed " + seed);
    crash();
    verify(all, random, now - HOUR, HOUR, "after a crash, seed " + seed);
  }

  /// Blocks answer as the heads did that they were, whether their sums do or single samples, also
  /// when a profile that was sent again is in two of them.
  @Test
  void blocks_answerAsHeadsDid() throws IOException {
    long seed = System.nanoTime();
    var random = new Random(seed);
    long from = Math.floorDiv(now, HOUR) * HOUR - 3 * HOUR;
    var all = new NaiveProfiles();
    try (var workers = Executors.newFixedThreadPool(2)) {
      for (int block = 1; block <= 3; block++) {
        List<Profile> sent = List.of();
        for (int b = 0; b < 12; b++) {
          sent = NaiveProfiles.random(random, 30, from, 3 * HOUR);
          write(sent);
          all.add(sent);
        }
        pickup = (signal, tenant, id) -> false;
        assertThat(flusher.flush(Optional.empty())).isTrue();
        if (block == 1) {
          // It stays readable from memory until somebody reads the block.
          verify(all, random, from, 3 * HOUR, "head, seed " + seed);
        }
        pickup = (signal, tenant, id) -> true;
        flusher.flush(Optional.empty());
        assertThat(profiles.stats(everything())).isEqualTo(ProfilesStats.NONE);
        write(sent.subList(0, 10));
        for (boolean parallel : new boolean[] {false, true}) {
          var source =
              new BlocksSource(blocks, TENANT, parallel ? Optional.of(workers) : Optional.empty());
          source.readers().forEach(ProfilesBlockReader::verify);
          verify(source, all, random, from, 3 * HOUR, block + " blocks, seed " + seed);
        }
      }
    }
    crash();
    assertThat(profiles.stats(everything()).profiles()).isEqualTo(10);
  }

  /// A crash between any two steps of a flush must not lose a segment, nor double it.
  @Test
  void crashesWhileFlushing_loseNothing() throws IOException {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var all = new NaiveProfiles();
    var sent = NaiveProfiles.random(random, 100, now - HOUR, HOUR);
    write(sent);
    all.add(sent);
    profiles.pieces(Optional.empty()).getFirst().seal();
    crash();
    verify(all, random, now - HOUR, HOUR, "sealed, seed " + seed);
    flusher.flush(Optional.empty());
    crash();
    verify(all, random, now - HOUR, HOUR, "uploaded, seed " + seed);
    long covered = profiles.coveredBlocks(everything()).size();
    assertThat(blocks.blocks(TENANT)).hasSize((int) covered);
    flusher.flush(Optional.empty());
    assertThat(blocks.blocks(TENANT)).hasSize((int) covered);
    verify(
        new BlocksSource(blocks, TENANT, Optional.empty()),
        all,
        random,
        now - HOUR,
        HOUR,
        "blocks, seed " + seed);
    pickup = (signal, tenant, id) -> true;
    flusher.flush(Optional.empty());
    crash();
    assertThat(profiles.stats(everything())).isEqualTo(ProfilesStats.NONE);
  }

  @Test
  void seriesPastTheLimit_areRefused_othersStored() {
    limits = new ProfilesLimits(2);
    var sent = NaiveProfiles.random(new Random(1), 60, now - HOUR, HOUR);
    ProfilesWriteResult result = write(sent);
    assertThat(result.rejections()).hasSize(1);
    ProfilesWriteResult.Rejection refused = result.rejections().getFirst();
    assertThat(refused.reason()).isEqualTo("series_limit");
    assertThat(refused.kind()).isEqualTo(ErrorKind.LIMIT_EXCEEDED);
    assertThat(refused.message()).contains("limits.max_global_profile_series_per_user");
    assertThat(result.profiles() + refused.profiles()).isEqualTo(60);
    assertThat(profiles.series(everything())).hasSize(2);
    assertThat(profiles.stats(everything()).profiles()).isEqualTo(result.profiles());
  }

  @Test
  void tenantsNeverMeet() {
    write(NaiveProfiles.random(new Random(1), 5, now - HOUR, HOUR));
    var other =
        new ProfilesSelect(
            new TenantId("other"), 0, Long.MAX_VALUE, List.of(), QueryBudget.unlimited());
    assertThat(profiles.series(other)).isEmpty();
    assertThat(profiles.merge(other).total()).isZero();
    assertThat(profiles.stats(other)).isEqualTo(ProfilesStats.NONE);
  }

  @Test
  void queriesPastTheirMemory_end() {
    write(NaiveProfiles.random(new Random(1), 50, now - HOUR, HOUR));
    var small =
        new ProfilesSelect(
            TENANT, 0, Long.MAX_VALUE, List.of(), new QueryBudget(64, 0, Deadline.NONE));
    assertThatThrownBy(() -> profiles.merge(small))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.QUERY_LIMIT));
    assertThatThrownBy(() -> profiles.rows(small, false, rows -> {}))
        .isInstanceOf(FoursightException.class);
    assertThat(small.budget().memoryBytes()).isZero();
  }
}
