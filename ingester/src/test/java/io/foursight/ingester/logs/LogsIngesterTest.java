package io.foursight.ingester.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.config.ByteSize;
import io.foursight.ingester.Flusher;
import io.foursight.ingester.Ingester;
import io.foursight.ingester.IngesterConfig;
import io.foursight.ingester.IngesterMetrics;
import io.foursight.ingester.SignalShelf;
import io.foursight.model.BlockPickup;
import io.foursight.model.Deadline;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.SeriesHash;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LogsBatch;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsStats;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.ObjectBlockStore;
import io.foursight.storage.block.PageCache;
import io.foursight.storage.logs.block.v1.LogsBlockReader;
import io.foursight.storage.object.MemoryObjectStore;
import io.foursight.storage.wal.FileWal;
import io.foursight.storage.wal.WalConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Logs of one ingester over a real log and blocks in memory: nothing is lost and nothing doubled.
class LogsIngesterTest {
  private static final TenantId TENANT = new TenantId("tenant-1");
  private static final long HOUR = 3_600_000_000_000L;

  @TempDir Path directory;
  private final MemoryObjectStore objects = new MemoryObjectStore();
  private final long now = Clock.systemUTC().millis() * 1_000_000;
  private final ObjectBlockStore blocks =
      new ObjectBlockStore(
          objects, Clock.systemUTC(), new PageCache(1 << 20, new SimpleMeterRegistry()));
  private BlockPickup pickup = (signal, tenant, id) -> true;
  private LogsLimits limits = LogsLimits.defaults();
  private ByteSize segmentSize = ByteSize.ofMebibytes(128);
  private LogsIngester logs;
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
    var logsConfig =
        new LogsIngesterConfig(
            segmentSize, Duration.ofHours(1), Duration.ofHours(1), new ByteSize(0));
    var meters = new IngesterMetrics(registry, Signal.LOGS);
    logs =
        new LogsIngester(
            config,
            logsConfig,
            tenant -> limits,
            wal,
            new SeriesHash(1, 2),
            Clock.systemUTC(),
            new Random(5),
            meters);
    flusher =
        new Flusher(
            logs,
            config,
            wal,
            blocks,
            (signal, tenant, id) -> pickup.serves(signal, tenant, id),
            directory.resolve("blocks"),
            Clock.systemUTC(),
            meters);
    ingester =
        new Ingester(config, wal, List.of(new SignalShelf(logs, flusher)), directory.resolve("x"));
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
    ingester.stop(Deadline.after(Duration.ofSeconds(5)));
  }

  /// One entry as text, for comparison: time, line, metadata.
  private record Entry(Labels labels, long time, String line, Map<String, String> metadata)
      implements Comparable<Entry> {
    @Override
    public int compareTo(Entry o) {
      int c = labels.compareTo(o.labels);
      c = c != 0 ? c : Long.compare(time, o.time);
      c = c != 0 ? c : line.compareTo(o.line);
      return c != 0 ? c : metadata.toString().compareTo(o.metadata.toString());
    }
  }

  private void write(List<Entry> entries) {
    var body = new ByteArrayOutputStream();
    var batch = new LogsBatch(new byte[0]);
    Labels current = null;
    for (Entry entry : entries) {
      if (!entry.labels.equals(current)) {
        batch.beginStream(entry.labels);
        current = entry.labels;
      }
      byte[] line = entry.line.getBytes(StandardCharsets.UTF_8);
      batch.addEntry(entry.time, body.size(), line.length);
      body.writeBytes(line);
      entry.metadata.forEach((name, value) -> {
        batch.addMetadata(body.size(), name.length(), body.size() + name.length(), value.length());
        body.writeBytes((name + value).getBytes(StandardCharsets.UTF_8));
      });
    }
    batch.body(body.toByteArray());
    assertThat(logs.write(TENANT, batch).entries()).isEqualTo(entries.size());
  }

  private static LogsSelect everything() {
    return new LogsSelect(
        TENANT, Long.MIN_VALUE, Long.MAX_VALUE, List.of(), QueryBudget.unlimited());
  }

  private static List<Entry> read(LogsCursor cursor) {
    var all = new ArrayList<Entry>();
    try (cursor) {
      while (cursor.next()) {
        LogsPage page = cursor.page();
        for (int row = 0; row < page.rows(); row++) {
          var metadata = new TreeMap<String, String>();
          for (var column : page.metadata()) {
            if (column.has(row)) {
              metadata.put(
                  column.name(),
                  new String(
                      column.bytes(),
                      column.start(row),
                      column.length(row),
                      StandardCharsets.UTF_8));
            }
          }
          if (row > 0 && page.streamOf()[row] == page.streamOf()[row - 1]) {
            assertThat(page.timestamps()[row]).isGreaterThanOrEqualTo(page.timestamps()[row - 1]);
          }
          all.add(
              new Entry(
                  page.labels(row),
                  page.timestamps()[row],
                  new String(
                      page.lines(),
                      page.lineStarts()[row],
                      page.lineLengths()[row],
                      StandardCharsets.UTF_8),
                  metadata));
        }
      }
    }
    return all;
  }

  /// Head and blocks, a block left out when the head answers for it.
  private List<Entry> readAll() {
    var all = new ArrayList<>(read(logs.select(everything())));
    Set<String> covered = logs.coveredBlocks(everything());
    for (var block : blocks.blocks(TENANT)) {
      BlockMeta meta = block.meta();
      if (!covered.contains(meta.id())) {
        try (var reader = LogsBlockReader.open(meta, name -> blocks.open(TENANT, meta, name))) {
          all.addAll(read(reader.select(everything())));
        }
      }
    }
    Collections.sort(all);
    return all;
  }

  private static final Labels A = Labels.of("app", "a");
  private static final Labels B = Labels.of("app", "b");

  @Test
  void equalTimesWithOtherLinesOrMetadataAreKept_exactRepetitionsAreNot() {
    long t = now - HOUR;
    var first =
        List.of(
            new Entry(A, t, "x", Map.of()),
            new Entry(A, t, "y", Map.of()),
            new Entry(A, t, "x", Map.of("k", "1")),
            new Entry(A, t - 5, "x", Map.of()),
            new Entry(B, t, "x", Map.of()));
    write(first);
    write(first);
    var many = new ArrayList<Entry>();
    for (int i = 0; i < 100; i++) {
      many.add(new Entry(B, t + 1, "line " + i, Map.of()));
    }
    write(many);
    write(many);
    var expected = new TreeSet<>(first);
    expected.addAll(many);
    assertThat(readAll()).containsExactlyElementsOf(expected);
  }

  /// Random batches with repetitions and times all over the place, flushes with and without pickup,
  /// crashes: always the same as a set of entries.
  @Test
  void randomLife_agreesWithASetOfEntries() throws IOException {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    segmentSize = new ByteSize(20_000);
    crash();
    var model = new TreeSet<Entry>();
    List<Entry> last = List.of();
    for (int round = 0; round < 50; round++) {
      switch (random.nextInt(12)) {
        case 0 -> flusher.tick();
        case 1 -> {
          pickup = (signal, tenant, id) -> false;
          flusher.flush(Optional.empty());
        }
        case 2 -> {
          pickup = (signal, tenant, id) -> true;
          flusher.flush(Optional.of(TENANT));
        }
        case 3 -> crash();
        case 4 -> write(last);
        default -> {
          var batch = new ArrayList<Entry>();
          for (int s = random.nextInt(4); s >= 0; s--) {
            var labels = Labels.of("app", "a" + random.nextInt(5), "pod", "p" + random.nextInt(3));
            for (int i = random.nextInt(40); i > 0; i--) {
              long age =
                  switch (random.nextInt(20)) {
                    case 0 -> random.nextLong(3000) * 24 * HOUR;
                    case 1 -> random.nextLong(-2, 40) * HOUR;
                    default -> random.nextLong(100) * 1_000_000;
                  };
              batch.add(
                  new Entry(
                      labels,
                      now - age,
                      "line " + "x".repeat(random.nextInt(50)) + random.nextInt(20),
                      random.nextInt(3) == 0
                          ? Map.of("k" + random.nextInt(30), "v" + random.nextInt(9))
                          : Map.of()));
            }
          }
          write(batch);
          model.addAll(batch);
          last = batch;
        }
      }
      // A repetition on both sides of a cut is told by the reader.
      assertThat(new TreeSet<>(readAll())).as("seed %d round %d", seed, round).isEqualTo(model);
    }
    assertThat(logs.pieces(Optional.of(TENANT))).hasSizeLessThan(60);
  }

  @Test
  void pagesComeNearestEndFirst_andTheBoundHolds() {
    var random = new Random(3);
    for (int b = 0; b < 30; b++) {
      var batch = new ArrayList<Entry>();
      for (int i = 0; i < 2000; i++) {
        batch.add(new Entry(A, now - random.nextLong(HOUR), "x".repeat(40) + i, Map.of()));
      }
      write(batch);
    }
    for (Direction direction : Direction.values()) {
      var select =
          new LogsSelect(
              TENANT,
              now - HOUR / 2,
              now - HOUR / 4,
              List.of(LabelMatcher.equal("app", "a")),
              List.of(),
              List.of(),
              LogsSelect.Columns.TIMES,
              direction,
              0,
              Set.of(),
              QueryBudget.unlimited());
      int rows = 0;
      try (var cursor = logs.select(select)) {
        long bound = cursor.bound();
        while (cursor.next()) {
          LogsPage page = cursor.page();
          for (int row = 0; row < page.rows(); row++) {
            long time = page.timestamps()[row];
            assertThat(time).isBetween(now - HOUR / 2, now - HOUR / 4 - 1);
            assertThat(direction == Direction.BACKWARD ? time <= bound : time >= bound).isTrue();
          }
          rows += page.rows();
          bound = cursor.bound();
        }
      }
      LogsStats stats = logs.stats(select);
      assertThat(stats.entries()).isEqualTo(rows);
      assertThat(rows).isBetween(13_000, 17_000);
      long[] counts = logs.volumes(select, HOUR / 60).getFirst().entries();
      assertThat(counts).hasSize(15);
      assertThat(Arrays.stream(counts).sum()).isEqualTo(rows);
    }
  }

  @Test
  void patternsComeFromTheHead_asFromABlock() {
    var entries = new ArrayList<Entry>();
    for (int i = 0; i < 100; i++) {
      entries.add(
          new Entry(
              i % 2 == 0 ? A : B,
              now - 60_000_000_000L + i,
              i % 3 == 0 ? "user " + i + " logged in after " + i * 7 + "ms" : "cache hit",
              Map.of("detected_level", i % 3 == 0 ? "warn" : "info")));
    }
    write(entries);
    var select =
        new LogsSelect(
            TENANT,
            now - 120_000_000_000L,
            now,
            List.of(LabelMatcher.equal("app", "a")),
            QueryBudget.unlimited());
    List<String> recent = patterns(logs.patterns(select, 60_000_000_000L, 10));
    assertThat(recent)
        .containsExactly("info cache hit [0, 33]", "warn user <_> logged in after <_>ms [0, 17]");
    flusher.flush(Optional.empty());
    var block = blocks.blocks(TENANT).iterator().next();
    try (var reader =
        LogsBlockReader.open(block.meta(), name -> blocks.open(TENANT, block.meta(), name))) {
      assertThat(patterns(reader.patterns(select, 60_000_000_000L, 10))).isEqualTo(recent);
    }
  }

  private static List<String> patterns(List<LogsPattern> patterns) {
    return patterns.stream()
        .map(p -> p.level() + " " + p.pattern() + " " + Arrays.toString(p.counts()))
        .toList();
  }

  @Test
  void selectiveMatchers_findWhatLookingAtEveryStreamFinds() {
    var random = new Random(7);
    var entries = new ArrayList<Entry>();
    for (int i = 0; i < 300; i++) {
      var labels = new TreeMap<String, String>();
      labels.put("app", "a" + random.nextInt(10));
      if (random.nextBoolean()) {
        labels.put("pod", "p" + random.nextInt(40));
      }
      entries.add(new Entry(Labels.of(labels), now + i, "x", Map.of()));
    }
    entries.sort(null);
    write(entries);
    List<List<LabelMatcher>> asked =
        List.of(
            List.of(LabelMatcher.equal("app", "a3"), LabelMatcher.equal("pod", "p7")),
            List.of(LabelMatcher.equal("app", "a3"), LabelMatcher.equal("pod", "")),
            List.of(LabelMatcher.notEqual("app", "a3"), LabelMatcher.notEqual("pod", "")),
            List.of(LabelMatcher.regex("pod", "p[12].*", false, t -> t.matches("p[12].*"))),
            List.of(LabelMatcher.regex("pod", "(p1)?", false, t -> t.matches("(p1)?"))),
            List.of(LabelMatcher.regex("pod", "p1.*", true, t -> t.matches("p1.*"))),
            List.of(LabelMatcher.equal("nobody", "x")));
    for (List<LabelMatcher> matchers : asked) {
      var select = new LogsSelect(TENANT, now, now + HOUR, matchers, QueryBudget.unlimited());
      List<Labels> expected =
          entries.stream()
              .map(Entry::labels)
              .filter(l -> matchers.stream().allMatch(m -> m.matches(l.get(m.name()))))
              .distinct()
              .sorted()
              .toList();
      assertThat(logs.series(select)).as(matchers.toString()).isEqualTo(expected);
      assertThat(read(logs.select(select)).stream().map(Entry::labels).distinct().sorted())
          .as(matchers.toString())
          .isEqualTo(expected);
    }
  }

  @Test
  void tooManyStreamsAreRefusedOneByOne() {
    limits = new LogsLimits(1);
    write(List.of(new Entry(A, now, "x", Map.of())));
    var batch = new LogsBatch(new byte[] {'y'});
    batch.beginStream(B);
    batch.addEntry(now, 0, 1);
    batch.beginStream(A);
    batch.addEntry(now, 0, 1);
    var result = logs.write(TENANT, batch);
    assertThat(result.entries()).isEqualTo(1);
    assertThat(result.rejections())
        .singleElement()
        .satisfies(r -> {
          assertThat(r.reason()).isEqualTo("stream_limit");
          assertThat(r.message()).startsWith("maximum active stream limit exceeded");
        });
    assertThat(logs.series(everything())).containsExactly(A);
  }

  @Test
  void aTailGetsWhatComesAfterIt_andIsToldWhatItWasTooSlowFor() throws InterruptedException {
    write(List.of(new Entry(A, now, "before", Map.of())));
    try (var tail = logs.subscribe(TENANT, List.of(LabelMatcher.equal("app", "a")), 100)) {
      write(
          List.of(
              new Entry(A, now + 2, "two", Map.of("k", "v")),
              new Entry(A, now + 1, "one", Map.of()),
              new Entry(B, now, "other", Map.of())));
      write(List.of(new Entry(A, now + 3, "no room", Map.of())));
      LogsPage page = tail.poll(Duration.ofSeconds(1)).orElseThrow();
      assertThat(page.rows()).isEqualTo(2);
      assertThat(page.timestamps()).containsExactly(now + 1, now + 2);
      assertThat(tail.poll(Duration.ofMillis(1))).isEmpty();
      assertThat(tail.takeDropped(10))
          .singleElement()
          .satisfies(d -> assertThat(d.timestampNanos()).isEqualTo(now + 3));
    }
  }

  @Test
  void afterCloseWritesAreRefusedAndReadsGoOn() {
    write(List.of(new Entry(A, now, "x", Map.of())));
    logs.close(Deadline.after(Duration.ofSeconds(1)));
    assertThatThrownBy(() -> write(List.of(new Entry(A, now, "y", Map.of()))))
        .hasMessageContaining("closed");
    assertThat(readAll()).hasSize(1);
  }
}
