package io.foursight.storage.logs.block.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LineFilter;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsStats;
import io.foursight.storage.logs.block.v1.LogsBlockFixture.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsBlockTest {
  private static final Comparator<Entry> BLOCK_ORDER =
      Comparator.comparing(Entry::labels, LogsBlockFormat.STREAM_ORDER).thenComparing(Entry::time);

  @TempDir Path directory;

  static LogsSelect select(
      long start,
      long end,
      List<LabelMatcher> matchers,
      List<LineFilter> filters,
      List<LabelMatcher> fields,
      Direction direction,
      long limit) {
    return new LogsSelect(
        TenantId.ANONYMOUS,
        start,
        end,
        matchers,
        filters,
        fields,
        LogsSelect.Columns.ALL,
        direction,
        limit,
        Set.of(),
        QueryBudget.unlimited());
  }

  static LogsSelect all(LineFilter... filters) {
    return select(
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        List.of(),
        List.of(filters),
        List.of(),
        Direction.BACKWARD,
        0);
  }

  private static List<Entry> naive(List<Entry> entries, LogsSelect select) {
    var found = new ArrayList<Entry>();
    for (Entry entry : entries) {
      byte[] line = entry.bytes();
      if (entry.time() >= select.startNanos()
          && entry.time() < select.endNanos()
          && select.matchers().stream().allMatch(m -> m.matches(entry.labels().get(m.name())))
          && select.fields().stream().allMatch(m -> m.matches(field(entry, m.name())))
          && select.passes(line, 0, line.length)) {
        found.add(entry);
      }
    }
    return found;
  }

  private static String field(Entry entry, String name) {
    String label = entry.labels().get(name);
    return label.isEmpty() ? entry.metadata().getOrDefault(name, "") : label;
  }

  /// What goes in comes out, whatever it is.
  @Test
  void everything_comesBackInBlockOrder() throws IOException {
    for (int round = 0; round < 40; round++) {
      long seed = new Random().nextLong();
      var entries = new RandomLogs(seed).make(1 + round % 7, 1 + round * 40);
      var block = LogsBlockFixture.write(directory.resolve("r" + round), entries);
      entries.sort(BLOCK_ORDER);
      try (var reader = block.open()) {
        assertThat(LogsBlockFixture.drain(reader.scan())).as("seed %d", seed).isEqualTo(entries);
        reader.verify();
      }
      assertThat(block.meta.stats())
          .as("seed %d", seed)
          .containsEntry("entries", (long) entries.size())
          .containsEntry("inexact_row_groups", 0L);
    }
  }

  @Test
  void selects_findWhatANaiveSearchFinds() throws IOException {
    for (int round = 0; round < 24; round++) {
      long seed = new Random().nextLong();
      var logs = new RandomLogs(seed);
      var entries = logs.make(1 + round % 6, 50 + round * 40);
      var block = LogsBlockFixture.write(directory.resolve("r" + round), entries);
      var random = new SplittableRandom(seed);
      try (var reader = block.open()) {
        for (int query = 0; query < 60; query++) {
          LogsSelect select = randomSelect(random, logs, entries);
          check(
              reader, entries, select, "seed " + seed + " query " + query + " " + describe(select));
        }
      }
    }
  }

  private static String describe(LogsSelect select) {
    var text = new StringBuilder(select.direction() + " " + select.fields());
    for (LineFilter filter : select.lineFilters()) {
      text.append(filter.negated() ? " not" : " any");
      filter.tests().forEach(test -> text.append(" <").append(test.text()).append('>'));
    }
    return text.toString();
  }

  private static LogsSelect randomSelect(
      SplittableRandom random, RandomLogs logs, List<Entry> entries) {
    long a = entries.get(random.nextInt(entries.size())).time();
    long b = entries.get(random.nextInt(entries.size())).time() + random.nextInt(2);
    boolean whole = random.nextInt(3) > 0;
    var filters = new ArrayList<LineFilter>();
    for (int n = random.nextInt(4); n > 0; n--) {
      String needle = logs.needle(entries);
      filters.add(
          switch (random.nextInt(6)) {
            case 0 -> Tests.lacks(needle);
            case 1 -> Tests.contains(needle, logs.needle(entries));
            case 2 -> Tests.matches(random.nextBoolean(), "(?i)err|[0-9]{3}");
            case 3 ->
                Tests.matches(
                    random.nextBoolean(), java.util.regex.Pattern.quote(needle) + ".", needle);
            default -> Tests.contains(needle);
          });
    }
    List<LabelMatcher> fields =
        switch (random.nextInt(5)) {
          case 0 -> List.of(LabelMatcher.equal("detected_level", "error"));
          case 1 -> List.of(LabelMatcher.notEqual("env", "e1"));
          case 2 -> List.of(LabelMatcher.equal("trace_id", "0af7651916cd43dd8448eb211c80319c"));
          default -> List.of();
        };
    return select(
        whole ? Long.MIN_VALUE : Math.min(a, b),
        whole ? Long.MAX_VALUE : Math.max(a, b),
        random.nextInt(3) == 0 ? List.of(LabelMatcher.equal("app", "app-1")) : List.of(),
        filters,
        fields,
        random.nextBoolean() ? Direction.FORWARD : Direction.BACKWARD,
        random.nextInt(2) == 0 ? 0 : random.nextInt(1, 40));
  }

  /// Equal entries, or with a limit the same nearest times; and the cursor's promises on the way.
  private static void check(
      LogsBlockReader reader, List<Entry> entries, LogsSelect select, String as) {
    List<Entry> expected = naive(entries, select);
    var got = new ArrayList<Entry>();
    boolean forward = select.direction() == Direction.FORWARD;
    long lastEnd = forward ? Long.MIN_VALUE : Long.MAX_VALUE;
    try (LogsCursor cursor = reader.select(select)) {
      while (true) {
        long bound = cursor.bound();
        if (!cursor.next()) {
          assertThat(cursor.next()).isFalse();
          break;
        }
        LogsPage page = cursor.page();
        List<Entry> rows = LogsBlockFixture.entries(page);
        assertThat(rows).as(as).isNotEmpty().isSortedAccordingTo(BLOCK_ORDER);
        var times = rows.stream().mapToLong(Entry::time).summaryStatistics();
        long end = forward ? times.getMin() : times.getMax();
        assertThat(forward ? end >= lastEnd : end <= lastEnd).as(as + ": order").isTrue();
        assertThat(forward ? end >= bound : end <= bound).as(as + ": bound").isTrue();
        lastEnd = end;
        got.addAll(rows);
      }
    }
    if (select.limit() == 0) {
      got.sort(BLOCK_ORDER);
      expected.sort(BLOCK_ORDER);
      assertThat(got).as(as).isEqualTo(expected);
      return;
    }
    assertThat(expected).as(as).containsAll(got);
    Comparator<Long> nearest = forward ? Comparator.naturalOrder() : Comparator.reverseOrder();
    assertThat(got.stream().map(Entry::time).sorted(nearest).limit(select.limit()).toList())
        .as(as)
        .isEqualTo(
            expected.stream().map(Entry::time).sorted(nearest).limit(select.limit()).toList());
  }

  @Test
  void statistics_addUp() throws IOException {
    long seed = new Random().nextLong();
    var entries = new RandomLogs(seed).make(5, 3000);
    var block = LogsBlockFixture.write(directory, entries);
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += entry.bytes().length;
      for (Map.Entry<String, String> pair : entry.metadata().entrySet()) {
        bytes +=
            pair.getKey().length()
                + pair.getValue().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
      }
    }
    var times = entries.stream().mapToLong(Entry::time).summaryStatistics();
    try (var reader = block.open()) {
      LogsSelect whole =
          select(
              times.getMin(),
              times.getMax() + 1,
              List.of(),
              List.of(),
              List.of(),
              Direction.FORWARD,
              0);
      var stats = reader.stats(whole);
      assertThat(stats).as("seed %d", seed).isEqualTo(new LogsStats(5, 5, bytes, entries.size()));
      var volumes = reader.volumes(whole, (times.getMax() - times.getMin()) / 7 + 1);
      assertThat(volumes).hasSize(5).isSortedAccordingTo(Comparator.comparing(v -> v.labels()));
      long sum = volumes.stream().flatMapToLong(v -> java.util.Arrays.stream(v.bytes())).sum();
      assertThat(sum).isBetween(bytes - 40, bytes + 40);
      assertThat(reader.series(whole))
          .isEqualTo(entries.stream().map(Entry::labels).distinct().sorted().toList());
      assertThat(reader.labelNames(whole)).containsExactly("app", "env", "pod", "zone");
      assertThat(reader.labelValues("env", whole)).containsExactly("e0", "e1");
      assertThat(block.rowReads).hasValue(0);
      assertThat(block.indexReads).hasValue(1);
    }
  }

  @Test
  void entriesOutOfOrder_areRefused() {
    var a = Labels.of("app", "a");
    var b = Labels.of("app", "b");
    try (var writer = new LogsBlockWriter(directory, LogsBlockFixture.ID)) {
      writer.add(LogsBlockFixture.page(List.of(new Entry(b, 5, "x"))));
      for (Entry wrong : List.of(new Entry(b, 4, "y"), new Entry(a, 9, "y"))) {
        assertThatThrownBy(() -> writer.add(LogsBlockFixture.page(List.of(wrong))))
            .isInstanceOfSatisfying(
                FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.BAD_DATA));
      }
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void anEmptyBlock_answersNothing() throws IOException {
    var block = LogsBlockFixture.write(directory, List.of());
    try (var reader = block.open()) {
      assertThat(LogsBlockFixture.drain(reader.select(all()))).isEmpty();
      assertThat(LogsBlockFixture.drain(reader.scan())).isEmpty();
      assertThat(reader.series(all())).isEmpty();
    }
  }

  /// The example drawn in the package comment.
  @Test
  void workedExample_isWhatIsWritten() {
    var labels = Labels.of("app", "a");
    var buffer = new GroupBuffer();
    var page =
        LogsBlockFixture.page(
            List.of(
                new Entry(labels, 1000, "ok"),
                new Entry(labels, 2000, "ok"),
                new Entry(labels, 3000, "ok")));
    buffer.begin(page);
    for (int row = 0; row < 3; row++) {
      buffer.add(0, row);
    }
    try (var writer = new GroupWriter()) {
      GroupOutput out = writer.write(buffer);
      assertThat(java.util.HexFormat.of().formatHex(out.directory.toByteArray()))
          .isEqualTo("011c0ad00fe80702000002" + "6f6b" + "00");
      assertThat(out.data.size()).isZero();
    }
  }
}
