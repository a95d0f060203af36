package io.foursight.wire.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import com.google.protobuf.ByteString;
import io.foursight.model.FoursightException;
import io.foursight.model.traces.TracesBatch;
import io.foursight.model.traces.TracesWriteResult.Rejection;
import io.foursight.wire.traces.RandomTraces;
import io.foursight.wire.traces.SpanRefusals;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OtlpTracesDecoderTest {
  private final OtlpTracesDecoder decoder = new OtlpTracesDecoder();
  private final TracesBatch batch = new TracesBatch(new byte[0]);
  private final SpanRefusals refusals = new SpanRefusals();

  private void decode(byte[] message) {
    refusals.clear();
    decoder.decode(message, message.length, batch, refusals);
  }

  private static ExportTraceServiceRequest request(Span... spans) {
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .addScopeSpans(ScopeSpans.newBuilder().addAllSpans(Arrays.asList(spans))))
        .build();
  }

  private static Span span(int traceBytes, int idBytes) {
    var trace = new byte[traceBytes];
    var id = new byte[idBytes];
    Arrays.fill(trace, (byte) 1);
    Arrays.fill(id, (byte) 2);
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom(trace))
        .setSpanId(ByteString.copyFrom(id))
        .setName("s")
        .build();
  }

  @Test
  void everySpanIsASliceOfTheMessage_withItsScopeResourceIdsAndTimes() throws Exception {
    long seed = System.nanoTime();
    var random = new RandomTraces(new Random(seed));
    for (int round = 0; round < 100; round++) {
      ExportTraceServiceRequest request = random.request();
      decode(request.toByteArray());
      assertThat(refusals.list()).as("seed %d", seed).isEmpty();
      int i = 0;
      for (ResourceSpans resource : request.getResourceSpansList()) {
        for (ScopeSpans scope : resource.getScopeSpansList()) {
          for (Span span : scope.getSpansList()) {
            int s = batch.scopeOf(i);
            int r = batch.resourceOf(s);
            assertThat(Span.parseFrom(slice(batch.spanOffset(i), batch.spanLength(i))))
                .as("seed %d", seed)
                .isEqualTo(span);
            assertThat(
                    InstrumentationScope.parseFrom(
                        slice(batch.scopeOffset(s), batch.scopeLength(s))))
                .isEqualTo(scope.getScope());
            assertThat(Resource.parseFrom(slice(batch.resourceOffset(r), batch.resourceLength(r))))
                .isEqualTo(resource.getResource());
            assertThat(text(batch.resourceSchemaOffset(r), batch.resourceSchemaLength(r)))
                .isEqualTo(resource.getSchemaUrl());
            assertThat(text(batch.scopeSchemaOffset(s), batch.scopeSchemaLength(s)))
                .isEqualTo(scope.getSchemaUrl());
            assertThat(batch.spanId(i))
                .isEqualTo(span.getSpanId().asReadOnlyByteBuffer().getLong());
            assertThat(batch.traceLow(i))
                .isEqualTo(span.getTraceId().asReadOnlyByteBuffer().getLong(8));
            assertThat(batch.startNanos(i)).isEqualTo(span.getStartTimeUnixNano());
            assertThat(batch.endNanos(i)).isEqualTo(span.getEndTimeUnixNano());
            i++;
          }
        }
      }
      assertThat(batch.spanCount()).isEqualTo(i);
    }
  }

  private byte[] slice(int offset, int length) {
    return Arrays.copyOfRange(batch.body(), offset, offset + length);
  }

  private String text(int offset, int length) {
    return new String(batch.body(), offset, length, StandardCharsets.UTF_8);
  }

  @Test
  void aBadIdCostsItsSpanAlone_andTheMessageNamesTheValue() {
    Span zero = span(16, 8).toBuilder().setTraceId(ByteString.copyFrom(new byte[16])).build();
    decode(
        request(span(16, 8), span(15, 8), zero, span(16, 4), span(0, 8), span(16, 0))
            .toByteArray());
    assertThat(batch.spanCount()).isEqualTo(1);
    assertThat(refusals.list())
        .extracting(Rejection::reason, Rejection::spans)
        .containsExactly(tuple("invalid_trace_id", 3), tuple("invalid_span_id", 2));
    assertThat(refusals.text())
        .contains("010101010101010101010101010101 (15 bytes)", "02020202 (4 bytes)");
  }

  @Test
  void idsOfParentsAndLinksNeedTheirLength_butMayBeAbsent() {
    Span odd = span(16, 8).toBuilder().setParentSpanId(ByteString.copyFromUtf8("abc")).build();
    Span link =
        span(16, 8).toBuilder()
            .addLinks(Span.Link.newBuilder().setTraceId(ByteString.copyFromUtf8("abc")))
            .build();
    Span empty = span(16, 8).toBuilder().addLinks(Span.Link.getDefaultInstance()).build();
    decode(request(odd, link, empty).toByteArray());
    assertThat(batch.spanCount()).isEqualTo(1);
    assertThat(refusals.list())
        .extracting(Rejection::reason)
        .containsExactly("invalid_parent_id", "invalid_link_id");
  }

  @Test
  void attributesThatNestTooDeepCostTheirSpanAlone() {
    AnyValue value = AnyValue.newBuilder().setIntValue(1).build();
    for (int i = 0; i < OtlpTracesDecoder.MAX_DEPTH; i++) {
      value = AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder().addValues(value)).build();
    }
    var deepest = KeyValue.newBuilder().setKey("k").setValue(value).build();
    var deeper =
        KeyValue.newBuilder()
            .setKey("k")
            .setValue(AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder().addValues(value)))
            .build();
    decode(
        request(
                span(16, 8).toBuilder().addAttributes(deepest).build(),
                span(16, 8).toBuilder().addAttributes(deeper).build(),
                span(16, 8))
            .toByteArray());
    assertThat(batch.spanCount()).isEqualTo(2);
    assertThat(refusals.list())
        .extracting(Rejection::reason)
        .containsExactly("attributes_too_deep");
  }

  @Test
  void theLongestAttributeIsKnown_soThatOthersAreNotLookedAtAgain() {
    var long1 =
        KeyValue.newBuilder()
            .setKey("k")
            .setValue(AnyValue.newBuilder().setStringValue("x".repeat(3000)))
            .build();
    decode(
        request(
                span(16, 8).toBuilder()
                    .addEvents(Span.Event.newBuilder().addAttributes(long1))
                    .build())
            .toByteArray());
    assertThat(decoder.longestAttribute()).isEqualTo(3000);
    decode(request(span(16, 8)).toByteArray());
    assertThat(decoder.longestAttribute()).isZero();
  }

  @Test
  void truncatedAndCorruptMessagesAreBadData_orReadable_neverAnythingElse() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    byte[] good = new RandomTraces(random).request().toByteArray();
    for (int cut = 0; cut < good.length; cut += 1 + good.length / 500) {
      tolerant(Arrays.copyOf(good, cut), seed);
    }
    for (int round = 0; round < 2000; round++) {
      byte[] corrupt = good.clone();
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        corrupt[random.nextInt(corrupt.length)] = (byte) random.nextInt();
      }
      tolerant(corrupt, seed);
    }
    assertThatThrownBy(() -> decode("not a message".getBytes(StandardCharsets.US_ASCII)))
        .isInstanceOf(FoursightException.class)
        .hasMessageContaining("malformed protobuf");
  }

  private void tolerant(byte[] message, long seed) {
    try {
      decode(message);
      for (int i = 0; i < batch.spanCount(); i++) {
        assertThat(batch.spanOffset(i) + batch.spanLength(i)).isLessThanOrEqualTo(message.length);
      }
    } catch (FoursightException e) {
      assertThat(e.getMessage()).as("seed %d", seed).isNotEmpty();
    }
  }
}
