package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.foursight.model.traces.TraceId;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zipkin2.Endpoint;
import zipkin2.reporter.AsyncReporter;
import zipkin2.reporter.urlconnection.URLConnectionSender;

/// What real senders of traces send is read back whole by id, by search and in tags.
class TracesClientsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir static Path directory;
  private static FoursightProcess server;
  private static TempoApi api;

  @BeforeAll
  static void start() throws Exception {
    server = new FoursightProcess(directory).start();
    api = new TempoApi(server.url());
  }

  @AfterAll
  static void stop() {
    api.close();
    server.close();
  }

  /// A trace of two spans by the SDK.
  ///
  /// @return its id
  private static String send(SpanExporter exporter, String service) {
    var resource = Resource.create(Attributes.builder().put("service.name", service).build());
    try (var provider =
        SdkTracerProvider.builder()
            .setResource(resource)
            .addSpanProcessor(SimpleSpanProcessor.create(exporter))
            .build()) {
      var tracer = provider.get("shop-lib", "1.2");
      var root =
          tracer
              .spanBuilder("checkout")
              .setSpanKind(SpanKind.SERVER)
              .setAttribute("http.request.method", "POST")
              .setAttribute("items", 3)
              .startSpan();
      var child =
          tracer
              .spanBuilder("pay")
              .setSpanKind(SpanKind.CLIENT)
              .setParent(Context.root().with(root))
              .addLink(root.getSpanContext(), Attributes.builder().put("why", "test").build())
              .startSpan();
      child.addEvent("card refused", Attributes.builder().put("code", 51).build());
      child.setStatus(StatusCode.ERROR, "no money");
      child.end();
      root.end();
      return root.getSpanContext().getTraceId();
    }
  }

  @Test
  void openTelemetrySdk_overGrpc() throws Exception {
    sdk(
        OtlpGrpcSpanExporter.builder()
            .setEndpoint("http://127.0.0.1:" + server.otlpGrpcPort())
            .setCompression("gzip")
            .build(),
        "over-grpc");
  }

  @Test
  void openTelemetrySdk_overHttp() throws Exception {
    sdk(
        OtlpHttpSpanExporter.builder()
            .setEndpoint("http://127.0.0.1:" + server.otlpHttpPort() + "/v1/traces")
            .setCompression("gzip")
            .build(),
        "over-http");
  }

  private static void sdk(SpanExporter exporter, String service) throws Exception {
    String id = send(exporter, service);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(TempoApi.spans(api.trace(id))).hasSize(2));
    TracesData trace = api.trace(id);
    assertThat(trace.getResourceSpansCount()).isEqualTo(1);
    assertThat(trace.getResourceSpans(0).getScopeSpans(0).getScope().getName())
        .isEqualTo("shop-lib");
    Span root = span(trace, "checkout");
    Span child = span(trace, "pay");
    assertThat(child.getParentSpanId()).isEqualTo(root.getSpanId());
    assertThat(child.getStatus().getMessage()).isEqualTo("no money");
    assertThat(child.getEvents(0).getName()).isEqualTo("card refused");
    assertThat(child.getLinks(0).getSpanId()).isEqualTo(root.getSpanId());
    assertThat(root.getAttributesList())
        .extracting(KeyValue::getKey)
        .containsExactlyInAnyOrder("http.request.method", "items");
    String padded = "0".repeat(32 - id.length()) + id;
    for (String query :
        List.of(
            "{ resource.service.name = \"" + service + "\" && span.items = 3 }",
            "{ name = \"checkout\" && resource.service.name = \""
                + service
                + "\" } > { status = error }",
            "{ event.code = 51 && resource.service.name =~ \"" + service + "\" }")) {
      assertThat(api.search(query)).as(query).containsExactly(padded);
    }
    assertThat(api.values("resource.service.name")).contains(service);
    assertThat(api.values("span.http.request.method")).contains("POST");
    assertThat(api.json("/api/v2/search/tags").toString()).contains("\"items\"");
    assertThat(
            api.json(
                    "/api/metrics/query",
                    "q",
                    "{ resource.service.name = \"" + service + "\" } | count_over_time()")
                .at("/series/0/value")
                .asInt())
        .isEqualTo(2);
  }

  private static Span span(TracesData trace, String name) {
    return TempoApi.spans(trace).stream()
        .filter(s -> s.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /// What comes back is what was sent, bit by bit as protobuf compares messages.
  @Test
  void otlp_comesBackAsItWasSent() throws Exception {
    long now = System.currentTimeMillis() * 1_000_000;
    var scope = ScopeSpans.newBuilder().setSchemaUrl("https://example.com/1");
    for (int i = 1; i <= 50; i++) {
      var span =
          Span.newBuilder()
              .setTraceId(id(0x1234, 16))
              .setSpanId(id(i, 8))
              .setName("op " + i % 3)
              .setKindValue(i % 6)
              .setTraceState("a=b")
              .setFlags(0x101)
              .setStartTimeUnixNano(now + i)
              .setEndTimeUnixNano(now - i)
              .setDroppedAttributesCount(i)
              .addAttributes(attribute("n", AnyValue.newBuilder().setIntValue(-i)))
              .addAttributes(attribute("d", AnyValue.newBuilder().setDoubleValue(i / 7.0)))
              .addAttributes(attribute("b", AnyValue.newBuilder().setBoolValue(i % 2 == 0)))
              .addAttributes(attribute("t", AnyValue.newBuilder().setStringValue("é" + i)))
              .addAttributes(attribute("raw", AnyValue.newBuilder().setBytesValue(id(i, 5))));
      if (i > 1) {
        span.setParentSpanId(id(i / 2, 8));
      }
      scope.addSpans(span);
    }
    var sent = ResourceSpans.newBuilder().addScopeSpans(scope).build();
    byte[] body =
        ExportTraceServiceRequest.newBuilder().addResourceSpans(sent).build().toByteArray();
    // Twice: storing again is harmless.
    for (int i = 0; i < 2; i++) {
      assertThat(api.post("/otlp/v1/traces", "application/x-protobuf", body).statusCode())
          .isEqualTo(200);
    }
    TracesData trace = api.trace("1234");
    assertThat(TempoApi.spans(trace)).containsExactlyInAnyOrderElementsOf(scope.getSpansList());
    assertThat(trace.getResourceSpans(0).getScopeSpans(0).getSchemaUrl())
        .isEqualTo("https://example.com/1");
  }

  private static ByteString id(long value, int bytes) {
    var id = new byte[bytes];
    for (int i = 0; i < Math.min(8, bytes); i++) {
      id[bytes - 1 - i] = (byte) (value >>> 8 * i);
    }
    return ByteString.copyFrom(id);
  }

  private static KeyValue attribute(String key, AnyValue.Builder value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }

  @Test
  void zipkinReporter_clientAndServerShareAnId() throws Exception {
    long now = System.currentTimeMillis() * 1000;
    var client =
        zipkin2.Span.newBuilder()
            .traceId("463ac35c9f6413ad48485a3953bb6124")
            .id("a2fb4a1d1a96d312")
            .kind(zipkin2.Span.Kind.CLIENT)
            .name("get")
            .timestamp(now)
            .duration(2000)
            .localEndpoint(Endpoint.newBuilder().serviceName("zip-web").build())
            .remoteEndpoint(Endpoint.newBuilder().serviceName("zip-db").port(99).build())
            .addAnnotation(now + 5, "sent")
            .putTag("http.path", "/zip")
            .build();
    var served =
        client.toBuilder()
            .clear()
            .traceId(client.traceId())
            .id(client.id())
            .shared(true)
            .kind(zipkin2.Span.Kind.SERVER)
            .name("get")
            .timestamp(now + 100)
            .duration(500)
            .localEndpoint(Endpoint.newBuilder().serviceName("zip-db").build())
            .build();
    try (var reporter =
        AsyncReporter.create(URLConnectionSender.create(server.url() + "/api/v2/spans"))) {
      reporter.report(client);
      reporter.report(served);
      reporter.flush();
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(TempoApi.spans(api.trace(client.traceId()))).hasSize(2));
    assertThat(TempoApi.spans(api.trace(client.traceId())))
        .extracting(Span::getKindValue)
        .containsExactlyInAnyOrder(2, 3);
    assertThat(api.search("{ span.http.path = \"/zip\" && span.peer.service = \"zip-db\" }"))
        .containsExactly(client.traceId());
    assertThat(api.values("resource.service.name")).contains("zip-web", "zip-db");
  }

  @Test
  void jaegerThriftOverHttp() throws Exception {
    var answer = api.post("/api/traces?format=jaeger.thrift", "application/x-thrift", thrift());
    assertThat(answer.statusCode()).isEqualTo(202);
    Span span = TempoApi.spans(api.trace("70000000000000008")).getFirst();
    assertThat(span.getName()).isEqualTo("jaeger-op");
    assertThat(span.getEndTimeUnixNano() - span.getStartTimeUnixNano()).isEqualTo(2_000_000);
    assertThat(api.search("{ resource.service.name = \"jaeger-svc\" && span.k = \"v\" }"))
        .containsExactly(new TraceId(7, 8).toString());
  }

  /// A `Batch` in the binary protocol.
  private static byte[] thrift() throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    field(out, 12, 1);
    text(out, 1, "jaeger-svc");
    out.writeByte(0);
    field(out, 15, 2);
    out.writeByte(12);
    out.writeInt(1);
    number(out, 1, 8);
    number(out, 2, 7);
    number(out, 3, 0x55);
    number(out, 4, 0);
    text(out, 5, "jaeger-op");
    number(out, 8, System.currentTimeMillis() * 1000);
    number(out, 9, 2000);
    field(out, 15, 10);
    out.writeByte(12);
    out.writeInt(1);
    text(out, 1, "k");
    field(out, 8, 2);
    out.writeInt(0);
    text(out, 3, "v");
    out.writeByte(0);
    out.writeByte(0);
    out.writeByte(0);
    return bytes.toByteArray();
  }

  private static void field(DataOutputStream out, int type, int id) throws IOException {
    out.writeByte(type);
    out.writeShort(id);
  }

  private static void text(DataOutputStream out, int id, String text) throws IOException {
    field(out, 11, id);
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  private static void number(DataOutputStream out, int id, long value) throws IOException {
    field(out, 10, id);
    out.writeLong(value);
  }
}
