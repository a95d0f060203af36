package io.foursight.storage.traces.block.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.QueryBudget;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracePieces;
import io.foursight.storage.block.BlockMeta;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is written comes back.
class TracesBlockTest {
  @TempDir Path directory;

  /// The promise of the format: whatever OTLP can say, byte by byte, in the order of the block.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everySpan_comesBackAsItWasSent(long seed) throws Exception {
    List<RandomSpans.Sent> sent = new RandomSpans(seed, seed % 2 == 0).spans(300, 12);
    BlockMeta meta = TracesBlockFixture.write(directory, sent);
    assertThat(meta.stats())
        .containsEntry("spans", (long) sent.size())
        .containsEntry("traces", 300L);
    try (TracesBlockReader reader = TracesBlockFixture.open(directory, meta);
        SpanStream scan = reader.scan()) {
      for (RandomSpans.Sent expected : sent) {
        assertThat(scan.next()).isTrue();
        byte[] bytes =
            Arrays.copyOfRange(scan.bytes(), scan.offset(), scan.offset() + scan.length());
        assertThat(Span.parseFrom(bytes)).as("seed %d", seed).isEqualTo(expected.span());
        assertThat(bytes).isEqualTo(expected.span().toByteArray());
        assertThat(scan.origin()).isEqualTo(expected.origin());
        assertThat(scan.startNanos()).isEqualTo(expected.span().getStartTimeUnixNano());
        assertThat(scan.traceHigh()).isEqualTo(expected.high());
      }
      assertThat(scan.next()).isFalse();
      reader.verify();
    }
  }

  @Test
  void aTrace_comesWhole_andAnUnknownOneNotAtAll() throws Exception {
    List<RandomSpans.Sent> sent = new RandomSpans(11, true).spans(400, 20);
    BlockMeta meta = TracesBlockFixture.write(directory, sent);
    try (TracesBlockReader reader = TracesBlockFixture.open(directory, meta)) {
      for (int i = 0; i < sent.size(); i += 97) {
        var id = new TraceId(sent.get(i).high(), sent.get(i).low());
        TracePieces pieces = reader.trace(id, 0, QueryBudget.unlimited());
        var spans = new ArrayList<Span>();
        for (ResourceSpans resource :
            TracesData.parseFrom(pieces.pieces().getFirst()).getResourceSpansList()) {
          for (ScopeSpans scope : resource.getScopeSpansList()) {
            var origin =
                new SpanOrigin(
                    resource.getResource().toByteArray(),
                    resource.getSchemaUrl(),
                    scope.getScope().toByteArray(),
                    scope.getSchemaUrl());
            for (Span span : scope.getSpansList()) {
              assertThat(sent).contains(new RandomSpans.Sent(origin, span));
              spans.add(span);
            }
          }
        }
        assertThat(spans)
            .containsExactlyInAnyOrderElementsOf(
                sent.stream()
                    .filter(s -> s.high() == id.high() && s.low() == id.low())
                    .map(RandomSpans.Sent::span)
                    .toList());
      }
      assertThat(reader.trace(new TraceId(5, 5), 0, QueryBudget.unlimited()).isEmpty()).isTrue();
    }
  }

  @Test
  void aBlockWithoutSpans_canBeReadToo() {
    BlockMeta meta = TracesBlockFixture.write(directory, List.of());
    assertThat(meta.minTimeMillis()).isZero();
    assertThat(meta.maxTimeMillis()).isEqualTo(-1);
    try (TracesBlockReader reader = TracesBlockFixture.open(directory, meta)) {
      assertThat(reader.scan().next()).isFalse();
      assertThat(reader.trace(new TraceId(1, 1), 0, QueryBudget.unlimited()).isEmpty()).isTrue();
      reader.verify();
    }
  }
}
