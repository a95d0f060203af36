package io.foursight.compactor.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.compactor.CompactorConfig;
import io.foursight.compactor.CompactorLimits;
import io.foursight.compactor.Ownership;
import io.foursight.compactor.logs.LogsCompactorLimits.DeletionMode;
import io.foursight.config.ByteSize;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsPage;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.ObjectBlockStore;
import io.foursight.storage.block.PageCache;
import io.foursight.storage.block.Ulids;
import io.foursight.storage.logs.StreamRetention;
import io.foursight.storage.logs.block.v1.LogsBlockReader;
import io.foursight.storage.logs.block.v1.LogsBlockWriter;
import io.foursight.storage.object.MemoryObjectStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Merging, retention and deletion of logs, against sets of entries.
class LogsCompactionTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final long HOUR = 3_600_000;

  @TempDir Path directory;
  private long now = 1_767_225_600_000L + 20 * HOUR;
  private final InstantSource clock = () -> Instant.ofEpochMilli(now);
  private final MemoryObjectStore objects = new MemoryObjectStore(clock);
  private final ObjectBlockStore store =
      new ObjectBlockStore(objects, clock, new PageCache(1 << 20, new SimpleMeterRegistry()));
  private final Ulids ids = new Ulids(clock, new Random(1));
  private final DeleteRequests requests = new DeleteRequests(objects, clock, new Random(2));
  private LogsCompactorLimits limits = LogsCompactorLimits.defaults();
  private LogsCompaction compaction;

  private record Entry(String app, long time, String line, String k) implements Comparable<Entry> {
    @Override
    public int compareTo(Entry o) {
      return Comparator.comparing(Entry::app)
          .thenComparing(Entry::time)
          .thenComparing(Entry::line)
          .thenComparing(Entry::k)
          .compare(this, o);
    }
  }

  @BeforeEach
  void build() {
    compaction =
        new LogsCompaction(
            store,
            requests,
            LogsCompactionTest::compile,
            CompactorConfig.defaults(),
            tenant -> CompactorLimits.defaults(),
            tenant -> limits,
            directory.resolve("scratch"),
            clock,
            new Random(3),
            new SimpleMeterRegistry(),
            Ownership.ALL);
  }

  /// `app` or `app text`: entries of the app, with the text in their line.
  private static EntryFilter compile(String query) {
    String[] parts = query.split(" ");
    return new EntryFilter() {
      @Override
      public List<LabelMatcher> matchers() {
        return List.of(LabelMatcher.equal("app", parts[0]));
      }

      @Override
      public Check start() {
        return new Check() {
          private LogsPage page;

          @Override
          public void page(LogsPage next) {
            page = next;
          }

          @Override
          public boolean matches(int row) {
            String line =
                new String(
                    page.lines(),
                    page.lineStarts()[row],
                    page.lineLengths()[row],
                    StandardCharsets.UTF_8);
            return page.labels(row).get("app").equals(parts[0])
                && (parts.length == 1 || line.contains(parts[1]));
          }
        };
      }
    };
  }

  private void block(Entry... entries) {
    var sorted = new ArrayList<>(List.of(entries));
    sorted.sort(Comparator.comparing(Entry::app).thenComparingLong(Entry::time));
    String id = ids.next();
    Path folder = directory.resolve(id);
    try (var writer = new LogsBlockWriter(folder, id)) {
      for (Entry entry : sorted) {
        var body = new ByteArrayOutputStream();
        body.writeBytes(entry.line.getBytes(StandardCharsets.UTF_8));
        byte[] value = entry.k.getBytes(StandardCharsets.UTF_8);
        writer.add(
            new LogsPage(
                1,
                new long[] {entry.time},
                List.of(Labels.of("app", entry.app)),
                new int[1],
                body.toByteArray(),
                new int[1],
                new int[] {body.size()},
                List.of(
                    new LogsPage.MetadataColumn(
                        "k",
                        new int[] {entry.k.isEmpty() ? -1 : 0},
                        value,
                        new int[] {0, value.length}))));
      }
      BlockMeta meta = writer.finish(1, List.of(id), List.of(), now);
      store.upload(TENANT, meta, folder);
    }
  }

  private List<BlockMeta> live() {
    return store.blocks(TENANT).stream()
        .filter(e -> !e.markedForDeletion())
        .map(e -> e.meta())
        .toList();
  }

  private List<Entry> stored() {
    var all = new ArrayList<Entry>();
    for (BlockMeta meta : live()) {
      try (var reader = LogsBlockReader.open(meta, name -> store.open(TENANT, meta, name));
          var scan = reader.scan()) {
        while (scan.next()) {
          LogsPage page = scan.page();
          for (int row = 0; row < page.rows(); row++) {
            String k = "";
            for (var column : page.metadata()) {
              if (column.has(row)) {
                k =
                    new String(
                        column.bytes(),
                        column.start(row),
                        column.length(row),
                        StandardCharsets.UTF_8);
              }
            }
            all.add(
                new Entry(
                    page.labels(row).get("app"),
                    page.timestamps()[row],
                    new String(
                        page.lines(),
                        page.lineStarts()[row],
                        page.lineLengths()[row],
                        StandardCharsets.UTF_8),
                    k));
          }
        }
      }
    }
    all.sort(null);
    return all;
  }

  private long at(double hoursAgo) {
    return (now - (long) (hoursAgo * HOUR)) * 1_000_000;
  }

  @Test
  void blocksOfADayAreMerged_repetitionsAreStoredOnce() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var model = new TreeSet<Entry>();
    for (int b = 0; b < 5; b++) {
      var entries = new LinkedHashSet<Entry>();
      for (int i = 0; i < 3000; i++) {
        entries.add(
            new Entry(
                "a" + random.nextInt(3),
                at(1) + random.nextInt(500),
                "line " + random.nextInt(30),
                random.nextBoolean() ? "" : "v" + random.nextInt(3)));
      }
      model.addAll(entries);
      block(entries.toArray(new Entry[0]));
    }
    now += HOUR / 2;
    assertThat(compaction.compactor().runOnce()).isGreaterThan(0);
    assertThat(live()).as("seed %d", seed).hasSizeLessThan(3);
    now += 3 * HOUR;
    compaction.compactor().runOnce();
    assertThat(live()).hasSize(1);
    assertThat(stored()).as("seed %d", seed).containsExactlyElementsOf(model);
    assertThat(compaction.compactor().runOnce()).as("nothing is left to do").isZero();
  }

  @Test
  void deleteRequestsHideAtOnce_andAreCarriedOutOnce_alsoInBlocksThatComeLater() {
    block(
        new Entry("a", at(1), "x1", ""),
        new Entry("a", at(1), "y1", ""),
        new Entry("b", at(1), "x1", ""));
    var request = requests.add(TENANT, "a x", 0, at(0));
    assertThat(requests.pending(TENANT)).extracting(d -> d.query()).containsExactly("a x");
    assertThat(compaction.compactor().runOnce()).isEqualTo(1);
    var left = List.of(new Entry("a", at(1), "y1", ""), new Entry("b", at(1), "x1", ""));
    assertThat(stored()).containsExactlyElementsOf(left);
    assertThat(compaction.compactor().runOnce()).isZero();

    block(new Entry("a", at(2), "x2", ""));
    now += HOUR;
    assertThat(compaction.compactor().runOnce()).isGreaterThan(0);
    assertThat(stored()).as("a block of nothing is not written").containsExactlyElementsOf(left);
    assertThat(requests.pending(TENANT)).hasSize(1);
    now += 5 * HOUR;
    compaction.compactor().runOnce();
    assertThat(requests.pending(TENANT)).isEmpty();
    assertThat(requests.get(TENANT, request.id()).orElseThrow().processed()).isTrue();
  }

  @Test
  void deletingEverythingLeavesNothing() {
    block(new Entry("a", at(1), "x", ""), new Entry("a", at(30), "y", ""));
    requests.add(TENANT, "a", Long.MIN_VALUE, Long.MAX_VALUE);
    compaction.compactor().runOnce();
    assertThat(live()).isEmpty();
  }

  @Test
  void streamsHaveTheirOwnAge_theGreatestPriorityThatMatchesCounts() {
    limits =
        new LogsCompactorLimits(
            Duration.ofDays(10),
            List.of(
                new StreamRetention("c", 9, Duration.ofDays(1000)),
                new StreamRetention("a", 5, Duration.ofDays(2)),
                new StreamRetention("a", 2, Duration.ofDays(1000))),
            new ByteSize(0),
            DeletionMode.FILTER_AND_DELETE);
    block(
        new Entry("a", at(24 * 5), "gone", ""),
        new Entry("a", at(24), "stays", ""),
        new Entry("b", at(24 * 5), "stays", ""),
        new Entry("b", at(24 * 12), "gone", ""));
    compaction.compactor().runOnce();
    assertThat(stored()).extracting(Entry::line).containsExactly("stays", "stays");
    assertThat(compaction.compactor().runOnce()).isZero();
  }

  @Test
  void overTheBytesTheOldestBlocksGo() {
    for (int day = 5; day > 0; day--) {
      block(new Entry("a", at(24 * day), "day" + day, ""));
    }
    long one = live().stream().mapToLong(BlockMeta::sizeBytes).max().orElseThrow();
    limits =
        new LogsCompactorLimits(
            Duration.ZERO, List.of(), new ByteSize(2 * one), DeletionMode.FILTER_AND_DELETE);
    compaction.compactor().runOnce();
    assertThat(stored()).extracting(Entry::line).containsExactly("day2", "day1");
  }
}
