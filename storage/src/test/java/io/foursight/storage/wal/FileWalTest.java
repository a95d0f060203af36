package io.foursight.storage.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.config.ByteSize;
import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileWalTest {
  private static final WalConfig SMALL =
      WalConfig.defaults().withSegmentSize(new ByteSize(16 << 10));

  @TempDir Path dir;

  private FileWal open(WalConfig config) {
    var wal = new FileWal(dir, config, new SimpleMeterRegistry());
    wal.start();
    return wal;
  }

  private static void stop(FileWal wal) {
    wal.stop(Deadline.after(Duration.ofSeconds(10)));
  }

  private static Wal.Position append(FileWal wal, String tenant, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return wal.append(Signal.METRICS, new TenantId(tenant), (byte) 3, bytes, 0, bytes.length);
  }

  /// Payloads by tenant, each in log order.
  private static Map<String, List<String>> replay(FileWal wal) {
    var seen = new ConcurrentHashMap<String, List<String>>();
    wal.replay(r ->
        seen.computeIfAbsent(
                r.tenant().value(), t -> Collections.synchronizedList(new ArrayList<>()))
            .add(new String(r.payload(), r.offset(), r.length(), StandardCharsets.UTF_8)));
    return new TreeMap<>(seen);
  }

  private List<Path> segments() throws IOException {
    try (var files = Files.list(dir)) {
      return files.filter(f -> f.toString().endsWith(".wal")).sorted().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void recordsOfAllSignalsAndSizes_comeBackInOrderAndWhole(boolean compression) {
    var config = SMALL.withCompression(compression).withSyncInterval(Duration.ZERO);
    var random = new Random(1);
    var expected = new TreeMap<String, List<String>>();
    var wal = open(config);
    for (int i = 0; i < 300; i++) {
      String tenant = "t" + i % 3;
      String text = ("record " + i + " ").repeat(random.nextInt(400));
      append(wal, tenant, text);
      expected.computeIfAbsent(tenant, t -> new ArrayList<>()).add(text);
    }
    stop(wal);

    wal = open(config);
    assertThat(replay(wal)).isEqualTo(expected);
    stop(wal);
  }

  @Test
  void positions_ascendOverSegments() {
    var wal = open(SMALL);
    var last = new Wal.Position(0, 0);
    for (int i = 0; i < 200; i++) {
      Wal.Position next = append(wal, "a", "x".repeat(500));
      assertThat(next).isGreaterThan(last);
      last = next;
    }
    assertThat(last.segment()).isGreaterThan(5);
    stop(wal);
  }

  @Test
  void recordLargerThanASegment_isStored() {
    var wal = open(SMALL);
    String large = "y".repeat(100_000);
    append(wal, "a", "before");
    append(wal, "a", large);
    append(wal, "a", "after");
    stop(wal);

    wal = open(SMALL);
    assertThat(replay(wal)).isEqualTo(Map.of("a", List.of("before", large, "after")));
    stop(wal);
  }

  /// A process that dies leaves the file as it is; here we copy it instead of dying.
  @Test
  void logThatWasNeverStopped_replaysEverythingAcknowledged(@TempDir Path copy) throws IOException {
    var wal = open(SMALL);
    for (int i = 0; i < 50; i++) {
      append(wal, "a", "r" + i);
    }
    for (Path file : segments()) {
      Files.copy(file, copy.resolve(file.getFileName()));
    }
    stop(wal);

    var other = new FileWal(copy, SMALL, new SimpleMeterRegistry());
    other.start();
    assertThat(replay(other).get("a")).hasSize(50).endsWith("r49");
    append(other, "a", "more");
    stop(other);
    other = new FileWal(copy, SMALL, new SimpleMeterRegistry());
    other.start();
    assertThat(replay(other).get("a")).hasSize(51).endsWith("more");
    stop(other);
  }

  /// Whatever garbage a crash leaves behind the last write, a prefix of the log comes back.
  @Test
  void tornTailAtAnyPlace_givesThePrefixBeforeIt() throws IOException {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      var expected = new ArrayList<String>();
      var ends = new ArrayList<Long>();
      var wal = open(SMALL.withSyncInterval(Duration.ofHours(1)));
      for (int i = 0; i < 20; i++) {
        String text = "r" + i + "z".repeat(random.nextInt(300));
        expected.add(text);
        ends.add(append(wal, "a", text).offset());
      }
      byte[] content = Files.readAllBytes(segments().getLast());
      stop(wal);
      int cut = random.nextInt(WalFormat.SEGMENT_HEADER, (int) (ends.getLast() + 40));
      byte[] torn = content.clone();
      switch (round % 3) {
        case 0 -> torn = java.util.Arrays.copyOf(torn, cut);
        case 1 -> java.util.Arrays.fill(torn, cut, torn.length, (byte) 0);
        default -> {
          byte[] garbage = new byte[torn.length - cut];
          random.nextBytes(garbage);
          System.arraycopy(garbage, 0, torn, cut, garbage.length);
        }
      }
      Path file = segments().getLast();
      Files.write(file, torn);

      wal = open(SMALL);
      List<String> got = replay(wal).getOrDefault("a", List.of());
      long whole = ends.stream().filter(e -> e < cut - 24 - 400).count();
      assertThat(got)
          .as("seed %d round %d cut %d", seed, round, cut)
          .hasSizeGreaterThanOrEqualTo((int) whole);
      assertThat(expected.subList(0, got.size())).as("seed %d", seed).isEqualTo(got);
      wal.truncate(Long.MAX_VALUE);
      stop(wal);
      for (Path left : segments()) {
        Files.delete(left);
      }
    }
  }

  /// One bit anywhere in a finished segment's records is found, named, and repaired only on demand.
  @Test
  void bitFlipInFinishedSegment_isCorruptionWithFileAndOffset() throws IOException {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var wal = open(SMALL);
    var ends = new ArrayList<Long>();
    for (int i = 0; i < 20; i++) {
      ends.add(append(wal, "a", "r" + i).offset());
    }
    stop(wal);
    Path file = segments().getFirst();
    byte[] good = Files.readAllBytes(file);
    long end = ends.getLast() + 32;
    for (int round = 0; round < 60; round++) {
      int bit = random.nextInt(WalFormat.SEGMENT_HEADER * 8, (int) end * 8);
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      if (isPadding(bit / 8, ends)) {
        continue;
      }
      Files.write(file, bad);
      int at = bit / 8;
      assertThatThrownBy(
              () -> {
                var damaged = open(SMALL);
                try {
                  damaged.replay(r -> {});
                } finally {
                  stop(damaged);
                }
              })
          .as("seed %d byte %d", seed, at)
          .isInstanceOf(FoursightException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("offset")
          .extracting(e -> ((FoursightException) e).kind())
          .isEqualTo(ErrorKind.CORRUPT);
      for (Path later : segments()) {
        if (!later.equals(file)) {
          Files.delete(later);
        }
      }
    }

    byte[] bad = good.clone();
    bad[(int) (ends.get(10) + 8)] ^= 1;
    Files.write(file, bad);
    wal = open(SMALL.withRepair(true));
    assertThat(replay(wal).get("a")).hasSize(10);
    append(wal, "a", "new");
    stop(wal);
    wal = open(SMALL);
    assertThat(replay(wal).get("a")).hasSize(11).endsWith("new");
    stop(wal);
  }

  private static boolean isPadding(int at, List<Long> starts) {
    for (int i = 0; i < starts.size(); i++) {
      long used = starts.get(i) + 24 + 1 + ("r" + i).length();
      long next = starts.get(i) + 32;
      if (at >= used && at < next) {
        return true;
      }
    }
    return false;
  }

  @Test
  void recycledSegment_neverShowsItsOldRecords() throws IOException {
    var wal = open(SMALL);
    for (int i = 0; i < 100; i++) {
      append(wal, "old", "o".repeat(1000));
    }
    wal.truncate(wal.cut());
    for (int i = 0; i < 40; i++) {
      append(wal, "new", "n" + i);
      if (i % 10 == 9) {
        wal.cut();
      }
    }
    assertThat(Files.size(segments().getFirst())).isEqualTo(SMALL.segmentSize().bytes());
    var copies = new TreeMap<Path, byte[]>();
    for (Path file : segments()) {
      copies.put(file, Files.readAllBytes(file));
    }
    stop(wal);
    for (var copy : copies.entrySet()) {
      Files.write(copy.getKey(), copy.getValue());
    }

    wal = open(SMALL);
    var seen = replay(wal);
    assertThat(seen.keySet()).containsExactly("new");
    assertThat(seen.get("new")).hasSize(40);
    stop(wal);
  }

  @Test
  void truncate_dropsWhatLiesBeforeTheCut() {
    var wal = open(SMALL);
    append(wal, "a", "before");
    long segment = wal.cut();
    Wal.Position after = append(wal, "a", "after");
    assertThat(after.segment()).isEqualTo(segment);
    wal.truncate(segment);
    stop(wal);

    wal = open(SMALL);
    assertThat(replay(wal)).isEqualTo(Map.of("a", List.of("after")));
    stop(wal);
  }

  @Test
  void secondOpener_isToldThatTheLogIsInUse() {
    var wal = open(SMALL);
    assertThatThrownBy(() -> open(SMALL))
        .isInstanceOf(FoursightException.class)
        .hasMessageContaining("in use")
        .hasMessageContaining(dir.toString());
    append(wal, "a", "the first goes on");
    stop(wal);
  }

  @Test
  void missingSegment_isCorruption() throws IOException {
    var wal = open(SMALL);
    for (int i = 0; i < 3; i++) {
      append(wal, "a", "r" + i);
      wal.cut();
    }
    stop(wal);
    Files.delete(segments().get(1));
    assertThatThrownBy(() -> open(SMALL)).hasMessageContaining("no segment 2");
  }

  @Test
  void newerVersion_isToldApartFromDamage() throws IOException {
    var wal = open(SMALL);
    append(wal, "a", "r");
    stop(wal);
    try (var file = new RandomAccessFile(segments().getFirst().toFile(), "rw")) {
      file.seek(WalFormat.SEGMENT_VERSION_AT);
      file.write(2);
    }
    assertThatThrownBy(() -> open(SMALL)).hasMessageContaining("newer program");
  }

  /// Damage in the part that was synced is not a torn tail, even in the last segment of a crash.
  @Test
  void damageBeforeASyncedPlace_isCorruptionEvenInTheOpenSegment() throws IOException {
    var wal = open(SMALL.withSyncInterval(Duration.ZERO));
    Wal.Position first = append(wal, "a", "first");
    append(wal, "a", "second");
    byte[] content = Files.readAllBytes(segments().getLast());
    stop(wal);
    content[(int) first.offset() + 26] ^= 4;
    Files.write(segments().getLast(), content);
    assertThatThrownBy(() -> open(SMALL))
        .hasMessageContaining("offset " + first.offset())
        .extracting(e -> ((FoursightException) e).kind())
        .isEqualTo(ErrorKind.CORRUPT);
  }

  @Test
  void concurrentAppenders_keepTheirOwnOrder() throws Exception {
    var wal = open(SMALL.withSegmentSize(ByteSize.ofMebibytes(1)));
    int writers = 16;
    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int w = 0; w < writers; w++) {
        String tenant = "w" + w;
        pool.submit(() -> {
          for (int i = 0; i < 300; i++) {
            append(wal, tenant, tenant + "-" + i);
          }
        });
      }
    }
    stop(wal);
    var again = open(SMALL);
    var seen = replay(again);
    assertThat(seen).hasSize(writers);
    seen.forEach((tenant, texts) -> {
      assertThat(texts).hasSize(300);
      for (int i = 0; i < 300; i++) {
        assertThat(texts.get(i)).isEqualTo(tenant + "-" + i);
      }
    });
    stop(again);
  }

  @Test
  void stoppedLog_refuses() {
    var wal = open(SMALL);
    stop(wal);
    assertThatThrownBy(() -> append(wal, "a", "late"))
        .extracting(e -> ((FoursightException) e).kind())
        .isEqualTo(ErrorKind.UNAVAILABLE);
  }

  @Test
  void failureOfTheReplayer_isTold() {
    var wal = open(SMALL);
    append(wal, "a", "r");
    stop(wal);
    var again = open(SMALL);
    assertThatThrownBy(() ->
            again.replay(r -> {
              throw FoursightException.badData("no such thing");
            }))
        .hasMessage("no such thing");
    stop(again);
  }
}
