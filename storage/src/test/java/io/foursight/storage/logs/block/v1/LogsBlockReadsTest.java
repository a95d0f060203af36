package io.foursight.storage.logs.block.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LogsSelect;
import io.foursight.storage.logs.block.v1.LogsBlockFixture.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How much is read for an answer: that is what the format is for.
class LogsBlockReadsTest {
  private static final long START = 1_700_000_000_000_000_000L;

  @TempDir Path directory;

  /// JSON lines of three services with ids of their own.
  private static List<Entry> shop() {
    var random = new SplittableRandom(3);
    var entries = new ArrayList<Entry>();
    for (int i = 0; i < 6000; i++) {
      long time = START + i * 1_000_000L;
      var labels = Labels.of("app", "shop-" + i % 3);
      String line =
          "{\"ts\":\"%s\",\"level\":\"%s\",\"msg\":\"%s\",\"ms\":%d,\"trace\":\"%016x\"}"
              .formatted(
                  Instant.ofEpochSecond(0, time),
                  i % 50 == 0 ? "error" : "info",
                  i % 2 == 0 ? "request done" : "cache miss",
                  random.nextInt(100_000),
                  random.nextLong());
      entries.add(
          new Entry(labels, time, line, Map.of("detected_level", i % 50 == 0 ? "error" : "info")));
    }
    return entries;
  }

  private static LogsSelect times(LogsSelect select) {
    return new LogsSelect(
        TenantId.ANONYMOUS,
        select.startNanos(),
        select.endNanos(),
        select.matchers(),
        select.lineFilters(),
        select.fields(),
        LogsSelect.Columns.TIMES,
        Direction.BACKWARD,
        0,
        Set.of(),
        QueryBudget.unlimited());
  }

  @Test
  void absentNeedles_readNoRows() throws IOException {
    var block = LogsBlockFixture.write(directory, shop());
    try (var reader = block.open()) {
      for (String absent :
          List.of("zzabsent", "nowhere to be found", "0123456789abcdef", "level\":\"fatal", "[]")) {
        var found =
            LogsBlockFixture.drain(reader.select(LogsBlockTest.all(Tests.contains(absent))));
        assertThat(found).as(absent).isEmpty();
      }
      assertThat(block.rowReads).hasValue(0);
      assertThat(block.indexReads).hasValue(1);
    }
  }

  @Test
  void aNeedle_readsItsColumnAndThenItsRow() throws IOException {
    var entries = shop();
    var block = LogsBlockFixture.write(directory, entries);
    String line = entries.get(4000).line();
    String trace = line.substring(line.length() - 18, line.length() - 2);
    try (var reader = block.open()) {
      var found =
          LogsBlockFixture.drain(reader.select(times(LogsBlockTest.all(Tests.contains(trace)))));
      assertThat(found).hasSize(1);
      assertThat(found.getFirst().time()).isEqualTo(entries.get(4000).time());
      // The ids, eight bytes each, and the times, which a formula tells.
      assertThat(block.rowReads.get()).isLessThanOrEqualTo(3);
      assertThat(block.rowBytesRead.get()).isBetween(48_000L, 48_200L);
    }
  }

  /// Counting by level must not touch lines.
  @Test
  void timesAndOneMetadataColumn_areAllThatIsRead() throws IOException {
    var block = LogsBlockFixture.write(directory, shop());
    var columns = new LogsSelect.Columns(false, false, false, Set.of("detected_level"));
    var all = LogsBlockTest.all();
    var select =
        new LogsSelect(
            TenantId.ANONYMOUS,
            all.startNanos(),
            all.endNanos(),
            List.of(),
            List.of(),
            List.of(),
            columns,
            Direction.FORWARD,
            0,
            Set.of(),
            QueryBudget.unlimited());
    try (var reader = block.open()) {
      var found = LogsBlockFixture.drain(reader.select(select));
      assertThat(found).hasSize(6000).allMatch(e -> e.line().isEmpty());
      assertThat(found)
          .filteredOn(e -> e.metadata().get("detected_level").equals("error"))
          .hasSize(120);
      assertThat(block.rowBytesRead.get()).isLessThan(block.files.get("rows").length / 20);
    }
  }

  @Test
  void patterns_areCountedByTimeAndLevel() throws IOException {
    var block = LogsBlockFixture.write(directory, shop());
    try (var reader = block.open()) {
      var select =
          LogsBlockTest.select(
              START, START + 6_000_000_000L, List.of(), List.of(), List.of(), Direction.FORWARD, 0);
      var patterns = reader.patterns(select, 1_000_000_000L, 10);
      assertThat(patterns).hasSize(2);
      assertThat(patterns.getFirst().level()).isEqualTo("info");
      assertThat(patterns.getFirst().counts()).containsOnly(980).hasSize(6);
      assertThat(patterns.getLast().counts()).containsOnly(20).hasSize(6);
      assertThat(patterns.getFirst().pattern())
          .startsWith("{\"ts\":\"<_>")
          .contains("\"msg\":\"<_>\"");
    }
  }

  /// Long lines, empty lines, and lines that are no text at all live beside others.
  @Test
  void hugeLines_comeBack() throws IOException {
    var entries = new ArrayList<Entry>();
    var labels = Labels.of("app", "big");
    var huge = new StringBuilder();
    while (huge.length() < 10 << 20) {
      huge.append("word ").append(huge.length()).append(" \u00ff{\"");
    }
    for (int i = 0; i < 40; i++) {
      entries.add(new Entry(labels, START + i, i % 20 == 7 ? huge.toString() + i : "line " + i));
      entries.add(new Entry(labels, START + i, ""));
    }
    var block = LogsBlockFixture.write(directory, entries);
    try (var reader = block.open()) {
      var found = LogsBlockFixture.drain(reader.scan());
      assertThat(found.equals(entries)).isTrue();
      assertThat(
              LogsBlockFixture.drain(reader.select(LogsBlockTest.all(Tests.contains("line 13")))))
          .hasSize(1);
    }
  }
}
