package io.foursight.querier.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsPage.MetadataColumn;
import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.LogsQueryResult;
import io.foursight.model.logs.LogsQueryResult.Streams;
import io.foursight.model.logs.LogsQueryResult.Vector;
import io.foursight.model.logs.LogsQueryRunner.Request;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsSource;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.LogsTailSource;
import io.foursight.model.logs.NanoSpan;
import io.foursight.model.logs.StreamVolume;
import io.foursight.querylanguages.logql.eval.LogqlEngine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A push that is tried again may be on both sides of a cut. What is equal in stream, time, line
/// and structured metadata is one entry; what only looks alike is not.
class LogsFanInTest {
  private static final Labels STREAM = Labels.of("app", "a");

  private record Row(long time, String line, String trace) {}

  private final Side head = new Side("block-1");
  private final Side blocks = new Side();
  private final LogsFanIn both = new LogsFanIn(head, blocks);

  /// Rows of one stream as one page.
  private static final class Side implements LogsSource, LogsTailSource {
    private final List<Row> rows = new ArrayList<>();
    private Set<String> covered;
    private List<Set<String>> later = new ArrayList<>();
    private LogsSelect asked;

    Side(String... covered) {
      this.covered = Set.of(covered);
    }

    @Override
    public LogsCursor select(LogsSelect select) {
      asked = select;
      List<Row> found =
          rows.stream()
              .filter(r -> r.time >= select.startNanos() && r.time < select.endNanos())
              .sorted(Comparator.comparingLong(Row::time))
              .toList();
      return found.isEmpty() ? LogsCursor.empty() : new OnePage(found);
    }

    @Override
    public Set<String> coveredBlocks(LogsSelect select) {
      Set<String> now = covered;
      if (!later.isEmpty()) {
        covered = later.removeFirst();
      }
      return now;
    }

    @Override
    public List<Labels> series(LogsSelect select) {
      return List.of(STREAM);
    }

    @Override
    public List<String> labelNames(LogsSelect select) {
      return STREAM.names();
    }

    @Override
    public List<String> labelValues(String label, LogsSelect select) {
      return List.of();
    }

    @Override
    public LogsStats stats(LogsSelect select) {
      asked = select;
      return new LogsStats(1, 1, rows.size(), rows.size());
    }

    @Override
    public List<StreamVolume> volumes(LogsSelect select, long stepNanos) {
      return List.of();
    }

    @Override
    public List<LogsPattern> patterns(LogsSelect select, long stepNanos, int limit) {
      return List.of();
    }

    @Override
    public Subscription subscribe(TenantId tenant, List<LabelMatcher> matchers, long maxBytes) {
      return new Subscription() {
        @Override
        public Optional<LogsPage> poll(Duration wait) {
          return Optional.empty();
        }

        @Override
        public List<Dropped> takeDropped(int limit) {
          return List.of();
        }

        @Override
        public void close() {}
      };
    }
  }

  private static final class OnePage implements LogsCursor {
    private final List<Row> rows;
    private boolean given;

    OnePage(List<Row> rows) {
      this.rows = rows;
    }

    @Override
    public boolean next() {
      boolean first = !given;
      given = true;
      return first;
    }

    @Override
    public LogsPage page() {
      int n = rows.size();
      var lines = new ByteArrayOutputStream();
      var traces = new ByteArrayOutputStream();
      var starts = new int[n];
      var lengths = new int[n];
      var codes = new int[n];
      var ends = new int[n + 1];
      int values = 0;
      for (int i = 0; i < n; i++) {
        starts[i] = lines.size();
        lines.writeBytes(rows.get(i).line.getBytes(StandardCharsets.UTF_8));
        lengths[i] = lines.size() - starts[i];
        codes[i] = rows.get(i).trace.isEmpty() ? -1 : values++;
        traces.writeBytes(rows.get(i).trace.getBytes(StandardCharsets.UTF_8));
        ends[values] = traces.size();
      }
      return new LogsPage(
          n,
          rows.stream().mapToLong(Row::time).toArray(),
          List.of(STREAM),
          new int[n],
          lines.toByteArray(),
          starts,
          lengths,
          List.of(
              new MetadataColumn(
                  "trace", codes, traces.toByteArray(), Arrays.copyOf(ends, values + 1))));
    }

    @Override
    public long bound() {
      return given ? Long.MIN_VALUE : rows.getLast().time;
    }

    @Override
    public NanoSpan extent() {
      return new NanoSpan(rows.getFirst().time, rows.getLast().time);
    }

    @Override
    public void close() {}
  }

  private LogsQueryResult ask(String query, long start, long step) {
    return new LogqlEngine(both)
        .run(
            new Request(
                List.of(TenantId.ANONYMOUS),
                query,
                start,
                100,
                step,
                0,
                100,
                Direction.BACKWARD,
                0,
                false,
                QueryBudget.unlimited()));
  }

  @Test
  void equalEntriesAreOne_andThoseThatLookAlikeAreNot() {
    var twice = new Row(20, "x", "1");
    head.rows.addAll(
        List.of(twice, new Row(20, "x", "2"), new Row(20, "y", "1"), new Row(30, "x", "")));
    blocks.rows.addAll(
        List.of(new Row(10, "x", "1"), twice, new Row(20, "x", ""), new Row(21, "x", "1")));
    var streams = (Streams) ask("{app=\"a\"}", 0, 1).value();
    assertThat(streams.streams().getFirst().entries())
        .extracting(e ->
            e.timestampNanos()
                + new String(e.line(), StandardCharsets.UTF_8)
                + e.metadata().get("trace"))
        .containsExactlyInAnyOrder("10x1", "20x1", "20x2", "20y1", "20x", "21x1", "30x");
    // A count reads no lines, but where entries may come twice it has to.
    var counted = (Vector) ask("count_over_time({app=\"a\"}[100ms])", 100, 0).value();
    assertThat(counted.samples())
        .extracting(s -> (int) s.value())
        .containsExactlyInAnyOrder(1, 2, 4);
    var sum = (Vector) ask("sum(count_over_time({app=\"a\"}[100ms]))", 100, 0).value();
    assertThat(sum.samples().getFirst().value()).isEqualTo(7);
  }

  @Test
  void blocksAreReadWithoutThoseThatTheHeadCovers() {
    both.stats(new LogsSelect(TenantId.ANONYMOUS, 0, 100, List.of(), QueryBudget.unlimited()));
    assertThat(blocks.asked.withoutBlocks()).containsExactly("block-1");
  }

  /// A head that lets go of a block while it is asked is asked again, so that nothing is missing.
  @Test
  void aHeadThatChangesMeanwhile_isAskedAgain() {
    head.covered = Set.of("block-1", "block-2");
    head.later.add(Set.of("block-2"));
    both.stats(new LogsSelect(TenantId.ANONYMOUS, 0, 100, List.of(), QueryBudget.unlimited()));
    assertThat(blocks.asked.withoutBlocks()).containsExactly("block-2");
  }
}
