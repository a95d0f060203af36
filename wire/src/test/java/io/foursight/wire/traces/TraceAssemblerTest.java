package io.foursight.wire.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.FoursightException;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TraceAssemblerTest {
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final RandomTraces traces = new RandomTraces(random);

  private TracesData trace() {
    return TracesData.newBuilder()
        .addAllResourceSpans(traces.request().getResourceSpansList())
        .build();
  }

  private static List<Span> spans(byte[] tracesData) throws Exception {
    var all = new ArrayList<Span>();
    for (ResourceSpans resource : TracesData.parseFrom(tracesData).getResourceSpansList()) {
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        all.addAll(scope.getSpansList());
      }
    }
    return all;
  }

  @Test
  void copiesComeOnce_alsoWhenTheirFieldsAreInAnotherOrder() throws Exception {
    for (int round = 0; round < 100; round++) {
      TracesData whole = trace();
      var shuffled = whole.toBuilder();
      for (ResourceSpans.Builder resource : shuffled.getResourceSpansBuilderList()) {
        for (ScopeSpans.Builder scope : resource.getScopeSpansBuilderList()) {
          for (Span.Builder span : scope.getSpansBuilderList()) {
            var attributes = new ArrayList<KeyValue>(span.getAttributesList());
            Collections.shuffle(attributes, random);
            if (attributes.stream().map(KeyValue::getKey).distinct().count() == attributes.size()) {
              span.clearAttributes().addAllAttributes(attributes);
            }
          }
        }
      }
      var assembler = new TraceAssembler();
      assembler.add(whole.toByteArray());
      int count = assembler.spanCount();
      assembler.add(shuffled.build().toByteArray());
      assertThat(assembler.spanCount()).as("seed %d", seed).isEqualTo(count);
      assertThat(spans(assembler.tracesData()))
          .as("seed %d", seed)
          .containsExactlyInAnyOrderElementsOf(spans(whole.toByteArray()));
    }
  }

  @Test
  void spansThatShareOnlyTheirIdAreKept() throws Exception {
    Span client = traces.span().toBuilder().setKindValue(3).build();
    Span server = client.toBuilder().setKindValue(2).build();
    Span other = client.toBuilder().setName("other").build();
    var assembler = new TraceAssembler();
    for (Span span : List.of(client, server, other, client)) {
      assembler.add(
          TracesData.newBuilder()
              .addResourceSpans(
                  ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
              .build()
              .toByteArray());
    }
    assertThat(spans(assembler.tracesData())).containsExactly(client, server, other);
    assertThat(TracesData.parseFrom(assembler.tracesData()).getResourceSpansCount()).isEqualTo(1);
  }

  @Test
  void aPieceThatIsNoMessageIsCorrupt() {
    assertThatThrownBy(() -> new TraceAssembler().add(new byte[] {10, 100, 1}))
        .isInstanceOf(FoursightException.class)
        .hasMessageContaining("a piece of a trace is not readable");
  }
}
