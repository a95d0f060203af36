package io.foursight.wire.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.google.protobuf.ByteString;
import io.foursight.model.FoursightException;
import io.foursight.model.traces.TracesBatch;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JaegerDecoderTest {
  private final JaegerDecoder decoder = new JaegerDecoder();
  private final TracesBatch batch = new TracesBatch(new byte[0]);
  private final SpanRefusals refusals = new SpanRefusals();

  /// A batch of one span with everything in it.
  private static byte[] thrift(boolean compact, long traceLow, long spanId) {
    var out = new ThriftWriter(compact);
    out.field(ThriftReader.STRUCT, 1);
    out.begin();
    out.text(1, "shop");
    out.list(2, 2);
    tag(out, "hostname", 0, "h1");
    tag(out, "pid", 3, 42L);
    out.end();
    out.list(2, 1);
    out.begin();
    out.i64(1, traceLow);
    out.i64(2, 7);
    out.i64(3, spanId);
    out.i64(4, 0);
    out.text(5, "buy");
    out.list(6, 2);
    reference(out, 0, traceLow, 0x99);
    reference(out, 1, 5, 6);
    out.i32(7, 1);
    out.i64(8, 1_700_000_000_000_001L);
    out.i64(9, 2_000);
    out.list(10, 7);
    tag(out, "span.kind", 0, "server");
    tag(out, "error", 2, true);
    tag(out, "d", 1, 2.5);
    tag(out, "n", 3, -3L);
    tag(out, "b", 2, false);
    tag(out, "bin", 4, new byte[] {1, 2});
    tag(out, "otel.status_description", 0, "broke");
    out.list(11, 1);
    out.begin();
    out.i64(1, 1_700_000_000_000_500L);
    out.list(2, 2);
    tag(out, "event", 0, "cache miss");
    tag(out, "key", 0, "k1");
    out.end();
    out.end();
    out.i64(3, 11);
    out.end();
    return out.bytes();
  }

  private static void reference(ThriftWriter out, int type, long low, long span) {
    out.begin();
    out.i32(1, type);
    out.i64(2, low);
    out.i64(3, 7);
    out.i64(4, span);
    out.end();
  }

  private static void tag(ThriftWriter out, String key, int type, Object value) {
    out.begin();
    out.text(1, key);
    out.i32(2, type);
    switch (value) {
      case Boolean b -> out.bool(5, b);
      case Double d -> out.decimal(4, d);
      case Long n -> out.i64(6, n);
      case byte[] bytes -> out.binary(7, bytes);
      default -> out.text(3, value.toString());
    }
    out.end();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void thrift_becomesOtlpByTheMapping_inBothProtocols(boolean compact) throws Exception {
    byte[] body = thrift(compact, 8, 0x10);
    decoder.thrift(body, body.length, compact, batch, refusals);
    assertThat(refusals.list()).isEmpty();
    assertThat(batch.spanCount()).isEqualTo(1);
    check(Spans.span(batch, 0));
    assertThat(Spans.resource(batch, 0))
        .containsOnly(entry("service.name", "shop"), entry("host.name", "h1"), entry("pid", 42L));
  }

  private void check(Span span) {
    assertThat(batch.traceHigh(0)).isEqualTo(7);
    assertThat(batch.traceLow(0)).isEqualTo(8);
    assertThat(span.getParentSpanId().asReadOnlyByteBuffer().getLong()).isEqualTo(0x99);
    assertThat(span.getName()).isEqualTo("buy");
    assertThat(span.getKindValue()).isEqualTo(2);
    assertThat(span.getStartTimeUnixNano()).isEqualTo(1_700_000_000_000_001_000L);
    assertThat(span.getEndTimeUnixNano()).isEqualTo(1_700_000_000_002_001_000L);
    assertThat(span.getStatus().getCodeValue()).isEqualTo(2);
    assertThat(span.getStatus().getMessage()).isEqualTo("broke");
    assertThat(Spans.map(span.getAttributesList()))
        .containsOnly(
            entry("d", 2.5),
            entry("n", -3L),
            entry("b", false),
            entry("bin", ByteString.copyFrom(new byte[] {1, 2})));
    assertThat(span.getLinksCount()).isEqualTo(1);
    assertThat(span.getLinks(0).getSpanId().asReadOnlyByteBuffer().getLong()).isEqualTo(6);
    assertThat(Spans.map(span.getLinks(0).getAttributesList()))
        .containsOnly(entry("opentracing.ref_type", "follows_from"));
    assertThat(span.getEvents(0).getName()).isEqualTo("cache miss");
    assertThat(Spans.map(span.getEvents(0).getAttributesList())).containsOnly(entry("key", "k1"));
  }

  @Test
  void protobuf_becomesTheSame() throws Exception {
    byte[] body = protobuf(new byte[] {0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 8});
    decoder.protobuf(body, body.length, batch, refusals);
    check(Spans.span(batch, 0));
    assertThat(Spans.resource(batch, 0)).containsOnly(entry("service.name", "shop"));
    for (int cut = 1; cut < body.length; cut++) {
      byte[] part = Arrays.copyOf(body, cut);
      assertThatThrownBy(() -> decoder.protobuf(part, part.length, batch, refusals))
          .isInstanceOf(FoursightException.class);
    }
  }

  private static byte[] protobuf(byte[] traceId) {
    var out = new ProtoWriter();
    int whole = out.begin(1);
    int span = out.begin(1);
    out.bytes(1, traceId);
    out.bytes(2, new byte[] {0, 0, 0, 0, 0, 0, 0, 0x10});
    out.string(3, "buy");
    reference(out, traceId, 0x99, 0);
    reference(out, traceId, 6, 1);
    int start = out.begin(6);
    out.varint(1, 1_700_000_000L);
    out.varint(2, 1_000);
    out.end(start);
    int duration = out.begin(7);
    out.varint(2, 2_000_000);
    out.end(duration);
    text(out, 8, "span.kind", "server");
    text(out, 8, "error", "true");
    int d = out.begin(8);
    out.string(1, "d");
    out.varint(2, 3);
    out.float64(6, 2.5);
    out.end(d);
    int n = out.begin(8);
    out.string(1, "n");
    out.varint(2, 2);
    out.varint(5, -3);
    out.end(n);
    int b = out.begin(8);
    out.string(1, "b");
    out.varint(2, 1);
    out.end(b);
    int bin = out.begin(8);
    out.string(1, "bin");
    out.varint(2, 4);
    out.bytes(7, new byte[] {1, 2});
    out.end(bin);
    text(out, 8, "otel.status_description", "broke");
    int log = out.begin(9);
    int time = out.begin(1);
    out.varint(1, 1_700_000_000L);
    out.end(time);
    text(out, 2, "event", "cache miss");
    text(out, 2, "key", "k1");
    out.end(log);
    out.end(span);
    int process = out.begin(2);
    out.string(1, "shop");
    out.end(process);
    out.end(whole);
    return out.toByteArray();
  }

  private static void reference(ProtoWriter out, byte[] trace, int span, int type) {
    int mark = out.begin(4);
    out.bytes(1, trace);
    out.bytes(2, new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) span});
    out.rawVarint(ProtoReader.tagOf(3, ProtoReader.VARINT));
    out.rawVarint(type);
    out.end(mark);
  }

  private static void text(ProtoWriter out, int field, String key, String value) {
    int mark = out.begin(field);
    out.string(1, key);
    out.string(3, value);
    out.end(mark);
  }

  @Test
  void badIdsCostTheirSpanAlone() {
    byte[] body = thrift(false, 8, 0);
    decoder.thrift(body, body.length, false, batch, refusals);
    assertThat(batch.spanCount()).isZero();
    assertThat(refusals.list().getFirst().reason()).isEqualTo("invalid_span_id");
    refusals.clear();
    byte[] shortId = protobuf(new byte[] {1, 2, 3});
    decoder.protobuf(shortId, shortId.length, batch, refusals);
    assertThat(refusals.text()).contains("010203 (3 bytes)");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void truncatedAndCorruptThriftIsBadData_orReadable_neverAnythingElse(boolean compact) {
    long seed = System.nanoTime();
    var random = new Random(seed);
    byte[] good = thrift(compact, 8, 0x10);
    for (int cut = 0; cut < good.length; cut++) {
      byte[] part = Arrays.copyOf(good, cut);
      assertThatThrownBy(() -> decoder.thrift(part, part.length, compact, batch, refusals))
          .isInstanceOf(FoursightException.class)
          .hasMessageContaining("malformed Thrift at byte");
    }
    for (int round = 0; round < 3000; round++) {
      byte[] corrupt = good.clone();
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        corrupt[random.nextInt(corrupt.length)] = (byte) random.nextInt();
      }
      try {
        decoder.thrift(corrupt, corrupt.length, compact, batch, refusals);
      } catch (FoursightException e) {
        assertThat(e.getMessage()).as("seed %d", seed).contains("malformed");
      }
    }
    byte[] bomb = new byte[100_000];
    Arrays.fill(bomb, (byte) ThriftReader.STRUCT);
    assertThatThrownBy(() -> decoder.thrift(bomb, bomb.length, compact, batch, refusals))
        .isInstanceOf(FoursightException.class);
  }
}
