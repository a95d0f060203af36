package io.foursight.wire.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import io.foursight.model.FoursightException;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesBatch;
import io.foursight.model.traces.TracesWriteResult.Rejection;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ZipkinDecoderTest {
  private static final String V2 =
      """
      [{"traceId":"5af7183fb1d4cf5f","id":"352bff9a74ca9ad2","parentId":"6b221d5bc9e6496c",
        "kind":"CLIENT","name":"get /api","timestamp":1556604172355737,"duration":1431,
        "localEndpoint":{"serviceName":"backend","ipv4":"192.168.99.1","port":3306},
        "remoteEndpoint":{"serviceName":"db","ipv4":"172.19.0.2","port":58648},
        "annotations":[{"timestamp":1556604172355800,"value":"wire send"}],
        "tags":{"http.method":"GET","error":"boom","otel.scope.name":"lib","n":null}},
       {"traceId":"5af7183fb1d4cf5f","id":"352bff9a74ca9ad2","kind":"SERVER","shared":true,
        "timestamp":1556604172355900,"duration":100,"localEndpoint":{"serviceName":"db"},
        "unknown":{"a":[1,{"b":2}]}}]
      """;

  private final ZipkinDecoder decoder = new ZipkinDecoder();
  private final TracesBatch batch = new TracesBatch(new byte[0]);
  private final SpanRefusals refusals = new SpanRefusals();

  private void json(String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    refusals.clear();
    decoder.json(body, body.length, batch, refusals);
  }

  private void v1(String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    decoder.jsonV1(body, body.length, batch, refusals);
  }

  @Test
  void v2_becomesOtlpByTheMapping() throws Exception {
    json(V2);
    assertThat(refusals.list()).isEmpty();
    Span client = Spans.span(batch, 0);
    assertThat(new TraceId(batch.traceHigh(0), batch.traceLow(0)))
        .isEqualTo(new TraceId(0, 0x5af7183fb1d4cf5fL));
    assertThat(client.getParentSpanId().asReadOnlyByteBuffer().getLong())
        .isEqualTo(0x6b221d5bc9e6496cL);
    assertThat(client.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
    assertThat(client.getStartTimeUnixNano()).isEqualTo(1556604172355737000L);
    assertThat(client.getEndTimeUnixNano()).isEqualTo(1556604172355737000L + 1431000);
    assertThat(Spans.map(client.getAttributesList()))
        .containsOnly(
            entry("http.method", "GET"),
            entry("error", "boom"),
            entry("net.host.ip", "192.168.99.1"),
            entry("net.host.port", 3306L),
            entry("peer.service", "db"),
            entry("net.peer.ip", "172.19.0.2"),
            entry("net.peer.port", 58648L));
    assertThat(client.getStatus().getCodeValue()).isEqualTo(2);
    assertThat(client.getStatus().getMessage()).isEqualTo("boom");
    assertThat(client.getEvents(0).getName()).isEqualTo("wire send");
    assertThat(client.getEvents(0).getTimeUnixNano()).isEqualTo(1556604172355800000L);
    assertThat(Spans.resource(batch, 0)).containsOnly(entry("service.name", "backend"));
    assertThat(Spans.scope(batch, 0).getName()).isEqualTo("lib");
  }

  @Test
  void clientAndServerThatShareAnIdStayTwoSpansOfTwoServices() throws Exception {
    json(V2);
    Span server = Spans.span(batch, 1);
    assertThat(batch.spanId(1)).isEqualTo(batch.spanId(0));
    assertThat(server.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
    assertThat(Spans.resource(batch, 1)).containsOnly(entry("service.name", "db"));
    assertThat(Spans.scope(batch, 1).getName()).isEmpty();
  }

  @Test
  void aSpanWithoutTimeBeginsWithItsFirstAnnotation() throws Exception {
    json(
        """
        [{"traceId":"1","id":"2","annotations":[{"timestamp":30,"value":"b"},{"timestamp":20,"value":"a"}]}]
        """);
    Span span = Spans.span(batch, 0);
    assertThat(span.getStartTimeUnixNano()).isEqualTo(20_000);
    assertThat(Spans.map(span.getAttributesList()))
        .containsOnly(entry("otel.zipkin.absentField.startTime", true));
  }

  @Test
  void badIdsAndTimesCostTheirSpanAlone() {
    json(
        """
        [{"traceId":"zz","id":"2"},{"traceId":"0000","id":"2"},{"traceId":"1","id":"0"},
         {"traceId":"1","id":"12345678901234567"},{"traceId":"1","id":"2","parentId":"x"},
         {"traceId":"1","id":"2","timestamp":-5},{"id":"2"},{"traceId":"1","id":"3"}]
        """);
    assertThat(batch.spanCount()).isEqualTo(1);
    assertThat(refusals.list())
        .extracting(Rejection::reason, Rejection::spans)
        .containsExactly(
            tuple("invalid_trace_id", 3),
            tuple("invalid_span_id", 2),
            tuple("invalid_parent_id", 1),
            tuple("invalid_time", 1));
    assertThat(refusals.text()).contains("received \"zz\"");
  }

  @Test
  void v2Protobuf_isTheSameAsItsJson() throws Exception {
    json(V2);
    Span expected = Spans.span(batch, 0);
    var out = new ProtoWriter();
    int span = out.begin(1);
    out.bytes(
        1, new byte[] {0x5a, (byte) 0xf7, 0x18, 0x3f, (byte) 0xb1, (byte) 0xd4, (byte) 0xcf, 0x5f});
    out.bytes(2, new byte[] {0x6b, 0x22, 0x1d, 0x5b, (byte) 0xc9, (byte) 0xe6, 0x49, 0x6c});
    out.bytes(
        3,
        new byte[] {
          0x35, 0x2b, (byte) 0xff, (byte) 0x9a, 0x74, (byte) 0xca, (byte) 0x9a, (byte) 0xd2
        });
    out.varint(4, 1);
    out.string(5, "get /api");
    out.rawVarint(ProtoReader.tagOf(6, ProtoReader.FIXED64));
    out.fixed64(1556604172355737L);
    out.varint(7, 1431);
    endpoint(out, 8, "backend", new byte[] {(byte) 192, (byte) 168, 99, 1}, 3306);
    endpoint(out, 9, "db", new byte[] {(byte) 172, 19, 0, 2}, 58648);
    int annotation = out.begin(10);
    out.rawVarint(ProtoReader.tagOf(1, ProtoReader.FIXED64));
    out.fixed64(1556604172355800L);
    out.string(2, "wire send");
    out.end(annotation);
    tag(out, "http.method", "GET");
    tag(out, "error", "boom");
    tag(out, "otel.scope.name", "lib");
    out.end(span);
    byte[] body = out.toByteArray();
    decoder.protobuf(body, body.length, batch, refusals);
    assertThat(Spans.span(batch, 0)).isEqualTo(expected);
    for (int cut = 1; cut < body.length; cut++) {
      byte[] part = Arrays.copyOf(body, cut);
      assertThatThrownBy(() -> decoder.protobuf(part, part.length, batch, refusals))
          .isInstanceOf(FoursightException.class);
    }
  }

  private static void endpoint(ProtoWriter out, int field, String name, byte[] ip, int port) {
    int mark = out.begin(field);
    out.string(1, name);
    out.bytes(2, ip);
    out.varint(4, port);
    out.end(mark);
  }

  private static void tag(ProtoWriter out, String key, String value) {
    int mark = out.begin(11);
    out.string(1, key);
    out.string(2, value);
    out.end(mark);
  }

  @Test
  void v1_kindsAndPeersComeFromCoreAnnotations() throws Exception {
    v1(
        """
        [{"traceId":"0000000000000001000000000000000a","id":"b","parentId":"c","name":"get",
          "annotations":[
            {"timestamp":1000,"value":"sr","endpoint":{"serviceName":"web","ipv4":"10.0.0.1"}},
            {"timestamp":1500,"value":"foo","endpoint":{"serviceName":"web"}},
            {"timestamp":3000,"value":"ss","endpoint":{"serviceName":"web"}}],
          "binaryAnnotations":[
            {"key":"ca","value":true,"endpoint":{"serviceName":"app","port":99}},
            {"key":"http.path","value":"/x","endpoint":{"serviceName":"web"}},
            {"key":"lc","value":""}]}]
        """);
    Span span = Spans.span(batch, 0);
    assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
    assertThat(batch.traceHigh(0)).isEqualTo(1);
    assertThat(span.getStartTimeUnixNano()).isEqualTo(1_000_000);
    assertThat(span.getEndTimeUnixNano()).isEqualTo(3_000_000);
    assertThat(span.getEventsList()).extracting(Span.Event::getName).containsExactly("foo");
    assertThat(Spans.resource(batch, 0)).containsOnly(entry("service.name", "web"));
    assertThat(Spans.map(span.getAttributesList()))
        .containsEntry("http.path", "/x")
        .containsEntry("peer.service", "app")
        .containsEntry("net.peer.port", 99L)
        .containsEntry("net.host.ip", "10.0.0.1");
  }

  @Test
  void v1_aSpanOfBothSidesIsTwoSpansWithOneId() throws Exception {
    v1(
        """
        [{"traceId":"a","id":"b","name":"get","timestamp":1000,"duration":4000,
          "annotations":[
            {"timestamp":1000,"value":"cs","endpoint":{"serviceName":"app"}},
            {"timestamp":2000,"value":"sr","endpoint":{"serviceName":"web"}},
            {"timestamp":4000,"value":"ss","endpoint":{"serviceName":"web"}},
            {"timestamp":5000,"value":"cr","endpoint":{"serviceName":"app"}}]}]
        """);
    assertThat(batch.spanCount()).isEqualTo(2);
    Span client = Spans.span(batch, 0);
    Span server = Spans.span(batch, 1);
    assertThat(client.getKindValue()).isEqualTo(3);
    assertThat(client.getEndTimeUnixNano()).isEqualTo(5_000_000);
    assertThat(server.getKindValue()).isEqualTo(2);
    assertThat(server.getStartTimeUnixNano()).isEqualTo(2_000_000);
    assertThat(server.getEndTimeUnixNano()).isEqualTo(4_000_000);
    assertThat(server.getSpanId()).isEqualTo(client.getSpanId());
    assertThat(Spans.resource(batch, 1)).containsOnly(entry("service.name", "web"));
  }

  @Test
  void whatIsNoArrayOfSpansIsBadData() {
    for (String bad :
        new String[] {
          "",
          "{}",
          "[1]",
          "[{]",
          "[{\"traceId\":{}}]",
          "[{\"timestamp\":\"x\"}]",
          "[] []",
          "[{\"traceId\":\"1\"",
          "[".repeat(10_000),
          "[{\"annotations\":[3]}]"
        }) {
      assertThatThrownBy(() -> json(bad))
          .as(bad)
          .isInstanceOf(FoursightException.class)
          .hasMessageContaining("malformed Zipkin JSON");
    }
  }
}
