package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Malformed, oversized and absurd traces and queries get the status that upstream gives and a
/// message; the server goes on and what was stored stays.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TracesBadInputIT {
  private static final String PROTOBUF = "application/x-protobuf";

  private final long now = System.currentTimeMillis() * 1_000_000;
  private FoursightProcess server;
  private TempoApi api;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    server = new FoursightProcess(directory.resolve("server")).start();
    api = new TempoApi(server.url());
    assertThat(push(span(0xabc, 1).setName("witness")).getPartialSuccess().getRejectedSpans())
        .isZero();
  }

  @AfterEach
  void theServerGoesOn_andKeepsWhatItHad() throws Exception {
    assertThat(server.get("/ready").statusCode()).isEqualTo(200);
    assertThat(TempoApi.spans(api.trace("abc"))).hasSize(1);
    assertThat(api.search("{ name = \"witness\" }")).hasSize(1);
  }

  @AfterAll
  void stop() {
    api.close();
    server.close();
  }

  private Span.Builder span(long trace, long id) {
    return Span.newBuilder()
        .setTraceId(id(trace, 16))
        .setSpanId(id(id, 8))
        .setName("s" + id)
        .setStartTimeUnixNano(now)
        .setEndTimeUnixNano(now + 1000);
  }

  private static ByteString id(long value, int bytes) {
    var id = new byte[bytes];
    for (int i = 0; i < Math.min(8, bytes); i++) {
      id[bytes - 1 - i] = (byte) (value >>> 8 * i);
    }
    return ByteString.copyFrom(id);
  }

  private static byte[] request(Span.Builder... spans) {
    var scope = ScopeSpans.newBuilder();
    for (Span.Builder span : spans) {
      scope.addSpans(span);
    }
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
        .build()
        .toByteArray();
  }

  private ExportTraceServiceResponse push(Span.Builder... spans) throws Exception {
    HttpResponse<byte[]> answer = api.post("/otlp/v1/traces", PROTOBUF, request(spans));
    assertThat(answer.statusCode())
        .as(new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(200);
    return ExportTraceServiceResponse.parseFrom(answer.body());
  }

  @Test
  void corruptBytesAre400_onEveryDoor() throws Exception {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var noise = new byte[300];
    for (int i = 0; i < 20; i++) {
      random.nextBytes(noise);
      noise[0] = 10;
      noise[1] = 100;
      for (String[] door :
          new String[][] {
            {"/otlp/v1/traces", PROTOBUF},
            {"/otlp/v1/traces", "application/json"},
            {"/api/v2/spans", "application/json"},
            {"/api/v2/spans", PROTOBUF},
            {"/api/v1/spans", "application/json"},
            {"/api/traces", "application/x-thrift"},
            {"/api/traces", "application/vnd.apache.thrift.compact"}
          }) {
        HttpResponse<byte[]> answer = api.post(door[0], door[1], noise);
        assertThat(answer.statusCode())
            .as("%s %s seed %d", door[0], door[1], seed)
            .isIn(400, 200, 202);
      }
    }
    HttpResponse<byte[]> half = api.post("/otlp/v1/traces", PROTOBUF, new byte[] {10, 100, 1, 2});
    assertThat(half.statusCode()).isEqualTo(400);
    assertThat(new String(half.body(), StandardCharsets.UTF_8)).contains("malformed");
  }

  @Test
  void aBombIs413() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      var zeros = new byte[1 << 20];
      for (int i = 0; i < 200; i++) {
        gzip.write(zeros);
      }
    }
    for (String path : new String[] {"/otlp/v1/traces", "/api/v2/spans"}) {
      assertThat(
              api.post(path, PROTOBUF, bytes.toByteArray(), "content-encoding", "gzip")
                  .statusCode())
          .as(path)
          .isEqualTo(413);
    }
  }

  @Test
  void badIdsCostTheirSpansAlone_andTheMessageNamesThem() throws Exception {
    var response =
        push(
            span(0x11, 1),
            span(0x11, 2).setTraceId(id(1, 15)),
            span(0, 3),
            span(0x11, 0),
            span(0x11, 4).setParentSpanId(id(1, 3)),
            span(0x11, 5));
    assertThat(response.getPartialSuccess().getRejectedSpans()).isEqualTo(4);
    assertThat(response.getPartialSuccess().getErrorMessage())
        .contains("trace ids must be 128 bit", "(15 bytes)", "span ids must be 64 bit");
    assertThat(TempoApi.spans(api.trace("11"))).hasSize(2);
    assertThat(api.post("/otlp/v1/traces", PROTOBUF, request(span(0, 1))).statusCode())
        .isEqualTo(400);
  }

  @Test
  void cyclesOrphansAndTwinsAreStoredAndAnswered() throws Exception {
    push(
        span(0x22, 1).setParentSpanId(id(2, 8)),
        span(0x22, 2).setParentSpanId(id(1, 8)),
        span(0x22, 3).setParentSpanId(id(3, 8)),
        span(0x22, 4).setParentSpanId(id(99, 8)),
        span(0x22, 5).setName("twin").setKindValue(2),
        span(0x22, 5).setName("twin").setKindValue(3),
        span(0x22, 5).setName("triplet").setKindValue(3));
    assertThat(TempoApi.spans(api.trace("22"))).hasSize(7);
    for (String query :
        new String[] {
          "{ name = \"s1\" } >> { name = \"s2\" }",
          "{ } &>> { name = \"twin\" }",
          "{ name = \"s4\" && nestedSetParent < 0 }",
          "{ name = \"triplet\" } | count() > 0"
        }) {
      assertThat(api.get("/api/search", "q", query).statusCode()).as(query).isEqualTo(200);
    }
    assertThat(api.search("{ name = \"triplet\" }")).hasSize(1);
  }

  @Test
  void aSpanThatEndsBeforeItStarts_comesBackAsSent_andLastsNoTime() throws Exception {
    push(span(0x33, 1).setName("backwards").setEndTimeUnixNano(now - 5_000_000_000L));
    assertThat(TempoApi.spans(api.trace("33")).getFirst().getEndTimeUnixNano())
        .isEqualTo(now - 5_000_000_000L);
    assertThat(api.search("{ name = \"backwards\" && duration <= 0ns }")).hasSize(1);
    assertThat(
            api.json("/api/search", "q", "{ name = \"backwards\" }")
                .at("/traces/0/durationMs")
                .asLong())
        .isNotNegative();
  }

  @Test
  void longAttributesAreCut_mixedTypesAnswerByTheirType() throws Exception {
    push(
        span(0x44, 1)
            .addAttributes(text("long", "x".repeat(64 << 10)))
            .addAttributes(text("mixed", "5")),
        span(0x44, 2)
            .addAttributes(
                KeyValue.newBuilder()
                    .setKey("mixed")
                    .setValue(AnyValue.newBuilder().setIntValue(5))),
        span(0x44, 3)
            .addAttributes(
                KeyValue.newBuilder()
                    .setKey("mixed")
                    .setValue(
                        AnyValue.newBuilder()
                            .setArrayValue(
                                ArrayValue.newBuilder()
                                    .addValues(AnyValue.newBuilder().setBoolValue(true))
                                    .addValues(AnyValue.newBuilder().setStringValue("5"))))));
    assertThat(
            TempoApi.spans(api.trace("44")).stream()
                .filter(s -> s.getName().equals("s1"))
                .findFirst()
                .orElseThrow()
                .getAttributes(0)
                .getValue()
                .getStringValue())
        .hasSize(2048);
    assertThat(api.search("{ span.mixed = 5 }")).hasSize(1);
    assertThat(api.search("{ span.mixed = \"5\" }")).hasSize(1);
    assertThat(api.search("{ span.mixed = 5.5 }")).isEmpty();
    assertThat(api.values("span.mixed")).contains("5");
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  /// A loop that never ends its trace. The number of its spans is the system property
  /// `traces.longest`; a million is what nobody should have and somebody has.
  @Test
  void aTraceOfVeryManySpans_isStoredSearchedAndComesWholeOrIsSaidToBeTooLarge() throws Exception {
    int spans = Integer.getInteger("traces.longest", 40_000);
    for (int from = 0; from < spans; from += 5000) {
      var some = new Span.Builder[Math.min(5000, spans - from)];
      for (int i = 0; i < some.length; i++) {
        int n = from + i + 1;
        some[i] = span(0x55, n).setName(n == spans ? "last" : "loop").setStartTimeUnixNano(now + n);
        if (n > 1) {
          // A chain as deep as the trace is long, with a branch at every tenth.
          some[i].setParentSpanId(id(n % 10 == 0 ? n - 1 - n % 7 : n - 1, 8));
        }
      }
      assertThat(push(some).getPartialSuccess().getRejectedSpans()).isZero();
    }
    for (String where : new String[] {"head", "block"}) {
      assertThat(api.search("{ name = \"s1\" || name = \"loop\" } >> { name = \"last\" }"))
          .as(where)
          .containsExactly("%032x".formatted(0x55));
      assertThat(
              api.json("/api/search", "q", "{ name = \"loop\" } | count() > 1000")
                  .at("/traces/0/spanSet/matched")
                  .asInt())
          .as(where)
          .isEqualTo(spans - 1);
      assertThat(
              api.json("/api/metrics/query", "q", "{ name = \"loop\" } | count_over_time()")
                  .at("/series/0/value")
                  .asInt())
          .as(where)
          .isEqualTo(spans - 1);
      HttpResponse<byte[]> whole = api.trace("/api/traces/55", "application/protobuf");
      if (whole.statusCode() != 422) {
        assertThat(TempoApi.spans(api.trace("55"))).as(where).hasSize(spans);
      }
      server.post("/ingester/flush?wait=true", new byte[0]);
    }
  }

  @Test
  void queriesThatMakeNoSenseAre400WithAReason() throws Exception {
    for (String query :
        new String[] {
          "{",
          "{ a = }",
          "{ 1 + \"x\" = 2 }",
          "{ name = 5 && status = \"x\" }",
          "{ } | count()",
          "{ } | avg(name) > 1",
          "{ .a =~ \"(\" }",
          "{ } | rate()",
          "{ ".repeat(10_000)
        }) {
      HttpResponse<String> answer = api.get("/api/search", "q", query);
      assertThat(answer.statusCode()).as(query + ": " + answer.body()).isEqualTo(400);
      assertThat(answer.body()).isNotBlank();
    }
    assertThat(api.get("/api/metrics/query_range", "q", "{ }").statusCode()).isEqualTo(400);
    assertThat(api.get("/api/traces/not-an-id").statusCode()).isEqualTo(400);
    assertThat(api.get("/api/v2/traces/" + "1".repeat(33)).statusCode()).isEqualTo(400);
  }
}
