package io.foursight.storage.traces.block.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.QueryBudget;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanField.Scope;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.TraceId;
import io.foursight.storage.block.BlockMeta;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The questions of [TracesBlockQueryTest] over a block of many row groups and pages, and that what
/// cannot have an answer is not read.
class TracesBlockGroupsTest extends TracesBlockQueryTest {
  private static final SpansFile.Bounds SMALL = new SpansFile.Bounds(500, 1 << 20, 128);

  @Override
  SpansFile.Bounds bounds() {
    return SMALL;
  }

  @Override
  int rounds() {
    return 20;
  }

  @Test
  void rowGroups_endWhereTracesEnd() {
    List<GroupStats> groups = reader.head().groups();
    assertThat(groups).hasSizeGreaterThan(4);
    assertThat(meta.stats()).containsEntry("row_groups", (long) groups.size());
    int row = 0;
    for (GroupStats group : groups) {
      if (row > 0) {
        assertThat(id(row)).isNotEqualTo(id(row - 1));
      }
      row += group.rows();
    }
    assertThat(row).isEqualTo(sent.size());
  }

  private TraceId id(int row) {
    return new TraceId(sent.get(row).high(), sent.get(row).low());
  }

  /// A trace that is longer than a row group goes on in the next one, and is found there.
  @Test
  void aTraceOfManyRowGroups_comesWhole(@TempDir Path directory) {
    var spans = new ArrayList<RandomSpans.Sent>();
    RandomSpans.Sent first = sent.getFirst();
    for (int i = 0; i < 5000; i++) {
      spans.add(
          new RandomSpans.Sent(
              first.origin(),
              first.span().toBuilder()
                  .setStartTimeUnixNano(RandomSpans.START + i)
                  .setKindValue(i % 5)
                  .build()));
    }
    BlockMeta block = TracesBlockFixture.write(directory, spans, SMALL);
    assertThat(block.stats()).containsEntry("traces", 1L).containsEntry("row_groups", 3L);
    try (var one = TracesBlockFixture.open(directory, block)) {
      var pieces = one.trace(id(0), 0, QueryBudget.unlimited());
      assertThat(pieces.scanned().spans()).isEqualTo(5000);
      assertThat(pieces.truncated()).isFalse();
      assertThat(one.trace(id(0), 10_000, QueryBudget.unlimited()).truncated()).isTrue();
      assertThat(one.candidates(select(new SpanFilter.KindIn(1 << 4), List.of()), 5).candidates())
          .hasSize(1);
    }
  }

  /// The reads of a cold trace stay three, however many row groups there are.
  @Test
  void aTraceById_readsTheIndexTwiceAndItsPagesOnce(@TempDir Path directory) {
    BlockMeta block = TracesBlockFixture.write(directory, sent, SMALL);
    for (int row = 0; row < sent.size(); row += 301) {
      List<String> reads = TracesBlockFixture.noReads();
      try (var cold =
          TracesBlockReader.open(
              block, name -> new TracesBlockFixture.Counted(directory, name, reads))) {
        assertThat(cold.trace(id(row), 0, QueryBudget.unlimited()).isEmpty()).isFalse();
        assertThat(reads).containsExactly("index", "index", "spans.parquet");
      }
    }
  }

  /// A value that few spans have: only their row groups are looked at.
  @Test
  void rowGroupsWithoutTheValue_areNotRead(@TempDir Path directory) {
    var field = new SpanField.Attribute(Scope.SPAN, "only.here");
    var spans = new ArrayList<>(sent);
    int at = sent.size() / 2;
    spans.set(
        at,
        new RandomSpans.Sent(
            sent.get(at).origin(),
            sent.get(at).span().toBuilder()
                .addAttributes(
                    KeyValue.newBuilder()
                        .setKey("only.here")
                        .setValue(AnyValue.newBuilder().setStringValue("needle")))
                .build()));
    var select = select(new SpanFilter.TextTest(field, NaiveSpans.in("needle")), List.of());
    BlockMeta block = TracesBlockFixture.write(directory, spans, SMALL);
    try (var one = TracesBlockFixture.open(directory, block)) {
      var found = one.candidates(select, 0);
      assertThat(found.candidates()).extracting(c -> c.id()).containsExactly(id(at));
      assertThat(found.scanned().spans()).isLessThan(sent.size() / 4);
    }
  }

  /// Newest first: older row groups are not read once there are enough.
  @Test
  void candidates_leaveOutRowGroupsThatAreOlder(@TempDir Path directory) {
    var spans = new ArrayList<RandomSpans.Sent>();
    for (int row = 0; row < sent.size(); row++) {
      RandomSpans.Sent s = sent.get(row);
      // The lower the trace id, the newer: the first row groups have what is wanted.
      long start = RandomSpans.START - row * 1_000_000L;
      spans.add(
          new RandomSpans.Sent(
              s.origin(), s.span().toBuilder().setStartTimeUnixNano(start).build()));
    }
    spans.sort((a, b) -> {
      int order = TraceId.compare(a.high(), a.low(), b.high(), b.low());
      return order != 0
          ? order
          : Long.compare(a.span().getStartTimeUnixNano(), b.span().getStartTimeUnixNano());
    });
    BlockMeta block = TracesBlockFixture.write(directory, spans, SMALL);
    try (var one = TracesBlockFixture.open(directory, block)) {
      var found = one.candidates(select(SpanFilter.ALL, List.of()), 10);
      assertThat(found.candidates()).extracting(c -> c.id()).contains(id(0)).hasSize(10);
      assertThat(found.complete()).isFalse();
      assertThat(found.scanned().spans()).isLessThan(2 * SMALL.groupRows());
    }
  }

  /// Names and values that the index knows cost no read of the spans.
  @Test
  void tags_areAnsweredFromTheIndex(@TempDir Path directory) {
    BlockMeta block = TracesBlockFixture.write(directory, sent, SMALL);
    List<String> reads = TracesBlockFixture.noReads();
    try (var cold =
        TracesBlockReader.open(
            block, name -> new TracesBlockFixture.Counted(directory, name, reads))) {
      var all = select(SpanFilter.ALL, List.of());
      assertThat(cold.tagNames(all)).isNotEmpty();
      assertThat(Set.copyOf(cold.tagValues(SpanField.SERVICE_NAME, all, 0))).hasSize(4);
      assertThat(cold.tagValues(new SpanField.Attribute(Scope.SPAN, "url.path"), all, 0))
          .isNotEmpty();
      assertThat(reads).containsExactly("index");
    }
  }
}
