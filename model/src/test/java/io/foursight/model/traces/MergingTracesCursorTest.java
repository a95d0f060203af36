package io.foursight.model.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.foursight.model.traces.SpanField.Intrinsic;
import io.foursight.model.traces.TraceCandidates.Candidate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MergingTracesCursorTest {
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  /// A span with the texts of one field.
  private record Row(TraceId trace, long id, long start, List<String> texts) {}

  /// Rows in pages of a few.
  private final class Listed implements TracesCursor {
    private final List<Row> rows;
    private int at;
    private SpanPage page;
    private boolean closed;

    Listed(List<Row> rows) {
      this.rows = rows;
    }

    @Override
    public boolean next() {
      if (at == rows.size()) {
        return false;
      }
      int end = Math.min(rows.size(), at + 1 + random.nextInt(5));
      page = pageOf(rows.subList(at, end));
      at = end;
      return true;
    }

    @Override
    public SpanPage page() {
      return page;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static SpanPage pageOf(List<Row> rows) {
    int n = rows.size();
    int values = rows.stream().mapToInt(r -> r.texts().size()).sum();
    var texts = new StringBuilder();
    var starts = new int[values + 1];
    var types = new byte[Math.max(n, values)];
    var numbers = new long[Math.max(n, values)];
    var ends = new int[n];
    long[][] longs = new long[6][n];
    boolean single = rows.stream().allMatch(r -> r.texts().size() <= 1);
    int value = 0;
    int code = 0;
    for (int r = 0; r < n; r++) {
      Row row = rows.get(r);
      longs[0][r] = row.trace().high();
      longs[1][r] = row.trace().low();
      longs[2][r] = row.id();
      longs[4][r] = row.start();
      longs[5][r] = row.start() + 1;
      if (single && row.texts().isEmpty()) {
        value++;
      }
      for (String text : row.texts()) {
        types[value] = SpanColumn.TEXT;
        numbers[value++] = code;
        texts.append(text);
        starts[++code] = texts.length();
      }
      ends[r] = value;
    }
    byte[] bytes = texts.toString().getBytes(StandardCharsets.US_ASCII);
    var column =
        new SpanColumn(
            Intrinsic.NAME,
            single ? new int[0] : ends,
            types,
            numbers,
            new SpanTexts(bytes, starts, code),
            false,
            new boolean[0]);
    return new SpanPage(
        n,
        longs[0],
        longs[1],
        longs[2],
        longs[3],
        longs[4],
        longs[5],
        new byte[n],
        new byte[n],
        List.of(column));
  }

  private static List<Row> read(TracesCursor cursor) {
    var all = new ArrayList<Row>();
    while (cursor.next()) {
      SpanPage page = cursor.page();
      assertThat(page.rows()).isPositive();
      SpanColumn column = page.columns().getFirst();
      for (int r = 0; r < page.rows(); r++) {
        var texts = new ArrayList<String>();
        for (int v = column.start(r); v < column.end(r); v++) {
          texts.add(column.text(v));
        }
        all.add(
            new Row(
                new TraceId(page.traceHighs()[r], page.traceLows()[r]),
                page.spanIds()[r],
                page.startNanos()[r],
                texts));
      }
    }
    return all;
  }

  private Row row() {
    var trace = new TraceId(random.nextInt(3) - 1, random.nextInt(6) - 3);
    List<String> texts = List.of("", "a", "bb");
    return new Row(
        trace,
        random.nextInt(4),
        random.nextInt(2),
        texts.subList(random.nextInt(3), random.nextInt(8) == 0 ? 3 : 2 + random.nextInt(2)));
  }

  @Test
  void everySpanComesOnceInTheOrderOfTraces() {
    for (int round = 0; round < 500; round++) {
      var expected = new TreeMap<TraceId, LinkedHashSet<Row>>();
      var cursors = new ArrayList<TracesCursor>();
      for (int input = random.nextInt(5); input >= 0; input--) {
        // One stream has no copies.
        var rows = new LinkedHashSet<Row>();
        for (int i = random.nextInt(30); i > 0; i--) {
          rows.add(row());
        }
        rows.forEach(r -> expected.computeIfAbsent(r.trace(), t -> new LinkedHashSet<>()).add(r));
        var sorted = new ArrayList<>(rows);
        sorted.sort(Comparator.comparing(Row::trace));
        cursors.add(new Listed(sorted));
      }
      List<Row> merged = read(MergingTracesCursor.of(cursors));
      assertThat(merged)
          .as("seed %d round %d", seed, round)
          .isSortedAccordingTo(Comparator.comparing(Row::trace));
      assertThat(merged)
          .as("seed %d round %d", seed, round)
          .containsExactlyInAnyOrderElementsOf(
              expected.values().stream().flatMap(LinkedHashSet::stream).toList());
    }
  }

  @Test
  void spansOfOneIdThatDifferAreKept_alsoInsideOneStream() {
    var trace = new TraceId(1, 2);
    var twice = new Row(trace, 7, 0, List.of("a"));
    var other = new Row(trace, 7, 0, List.of("bb"));
    var first = new Listed(List.of(twice, twice));
    var second = new Listed(List.of(other, twice));
    var merged = MergingTracesCursor.of(List.of(first, second));
    assertThat(read(merged)).containsExactlyInAnyOrder(twice, twice, other);
    merged.close();
    assertThat(first.closed && second.closed).isTrue();
  }

  @Test
  void candidates_areCutWhereAnIncompleteAnswerEnds() {
    var complete =
        new TraceCandidates(
            List.of(new Candidate(new TraceId(0, 1), 90), new Candidate(new TraceId(0, 2), 10)),
            true,
            TracesStats.NONE);
    var cut =
        new TraceCandidates(
            List.of(new Candidate(new TraceId(0, 2), 80), new Candidate(new TraceId(0, 3), 50)),
            false,
            TracesStats.NONE);
    TraceCandidates both = TracesUnions.candidates(List.of(complete, cut), 0);
    assertThat(both.complete()).isFalse();
    assertThat(both.candidates())
        .extracting(c -> c.id().low(), Candidate::startNanos)
        .containsExactly(tuple(1L, 90L), tuple(2L, 80L), tuple(3L, 50L));
    assertThat(TracesUnions.candidates(List.of(complete), 1).complete()).isFalse();
  }

  /// Fields that were not asked for may tell them apart; every replica has each of them once.
  @Test
  void spansThatOnlyLookAlike_comeAsOftenAsInTheStreamThatHasMost() {
    Row one = new Row(new TraceId(1, 1), 7, 5, List.of("a"));
    Row other = new Row(new TraceId(1, 1), 8, 5, List.of("a"));
    var streams =
        List.of(
            List.of(one, other, one), List.of(one), List.of(other, one, one, one), List.of(one));
    var cursors = streams.stream().<TracesCursor>map(Listed::new).toList();
    assertThat(read(MergingTracesCursor.of(cursors)))
        .as("seed %d", seed)
        .containsExactlyInAnyOrder(one, one, one, other);
  }
}
