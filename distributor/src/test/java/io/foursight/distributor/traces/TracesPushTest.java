package io.foursight.distributor.traces;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.foursight.config.ByteSize;
import io.foursight.distributor.DistributorConfig;
import io.foursight.distributor.FakeCall;
import io.foursight.distributor.RateShare;
import io.foursight.distributor.RetryAfter;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.model.traces.TracesBatch;
import io.foursight.model.traces.TracesSink;
import io.foursight.model.traces.TracesWriteResult;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpHandler;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.runtime.http.SocketHandler;
import io.grpc.BindableService;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TracesPushTest {
  private final Map<String, HttpHandler> routes = new HashMap<>();
  private final List<Span> stored = new ArrayList<>();
  private final List<Resource> resources = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private TracesWriteLimits limits = TracesWriteLimits.defaults();
  private TracesSink sink = this::store;

  private TracesWriteResult store(TenantId tenant, TracesBatch batch) {
    try {
      for (int i = 0; i < batch.spanCount(); i++) {
        stored.add(Span.parseFrom(slice(batch, batch.spanOffset(i), batch.spanLength(i))));
        int r = batch.resourceOf(batch.scopeOf(i));
        resources.add(
            Resource.parseFrom(slice(batch, batch.resourceOffset(r), batch.resourceLength(r))));
      }
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    return new TracesWriteResult(batch.spanCount(), List.of());
  }

  private static byte[] slice(TracesBatch batch, int offset, int length) {
    return Arrays.copyOfRange(batch.body(), offset, offset + length);
  }

  private HttpReply post(String path, String type, byte[] body) throws Exception {
    var distributor =
        new TracesDistributor(
            DistributorConfig.defaults(),
            tenant -> limits,
            (tenant, batch) -> sink.write(tenant, batch),
            new TracesDistributorMetrics(meters),
            Clock.systemUTC(),
            System::nanoTime,
            RateShare.WHOLE);
    var retryAfter = new RetryAfter(new Random(1));
    var registered =
        new HttpRoutes() {
          @Override
          public void add(
              Door door,
              Set<String> methods,
              String pattern,
              String name,
              ErrorShape errors,
              HttpHandler handler) {
            routes.put(door + " " + pattern, handler);
          }

          @Override
          public void addSocket(
              Door door, String pattern, String name, ErrorShape errors, SocketHandler handler) {}

          @Override
          public void addGrpc(Door door, BindableService service) {}
        };
    new OtlpTracesRoutes(distributor, retryAfter).register(registered);
    new OlderTracesRoutes(distributor, retryAfter).register(registered);
    return routes.get("TRACES " + path).handle(new FakeCall(body).with("content-type", type));
  }

  private static Span.Builder span(int id) {
    return Span.newBuilder()
        .setTraceId(ByteString.copyFromUtf8("0123456789abcdef"))
        .setSpanId(ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) id}))
        .setName("s" + id);
  }

  private static byte[] request(Span.Builder... spans) {
    var scope = ScopeSpans.newBuilder();
    for (Span.Builder span : spans) {
      scope.addSpans(span);
    }
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(Resource.newBuilder().addAttributes(text("service.name", "x")))
                .addScopeSpans(scope))
        .build()
        .toByteArray();
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  @Test
  void otlp_goodSpansAreStoredBesideBadOnes_whichPartialSuccessCounts() throws Exception {
    HttpReply reply =
        post("/v1/traces", "application/x-protobuf", request(span(1), span(0), span(2)));
    assertThat(reply.status()).isEqualTo(200);
    var response = ExportTraceServiceResponse.parseFrom(reply.body());
    assertThat(response.getPartialSuccess().getRejectedSpans()).isEqualTo(1);
    assertThat(response.getPartialSuccess().getErrorMessage()).contains("span ids must be 64 bit");
    assertThat(stored).extracting(Span::getName).containsExactly("s1", "s2");
    assertThat(
            meters
                .counter(
                    "foursight_distributor_rejected_items_total",
                    "signal",
                    "traces",
                    "reason",
                    "invalid_span_id")
                .count())
        .isEqualTo(1);
  }

  @Test
  void otlp_nothingGoodIs400() throws Exception {
    assertThat(post("/v1/traces", "application/x-protobuf", request(span(0))).status())
        .isEqualTo(400);
    assertThat(post("/v1/traces", "application/x-protobuf", new byte[] {10, 100}).status())
        .isEqualTo(400);
    assertThat(post("/v1/traces", "text/plain", new byte[0]).status()).isEqualTo(415);
  }

  @Test
  void otlpJson_takesHexIdsInBothSpellingsOfKeys() throws Exception {
    for (String json :
        List.of(
            """
            {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5B8EFFF798038103D269B633813FC60C",
            "spanId":"eee19b7ec3c1b174","name":"a","kind":2,"startTimeUnixNano":"1544712660000000000",
            "attributes":[{"key":"n","value":{"intValue":"5"}}]}]}]}]}
            """,
            """
            {"resource_spans":[{"scope_spans":[{"spans":[{"trace_id":"5b8efff798038103d269b633813fc60c",
            "span_id":"eee19b7ec3c1b174","name":"a","kind":"SPAN_KIND_SERVER",
            "start_time_unix_nano":1544712660000000000,
            "attributes":[{"key":"n","value":{"int_value":5}}]}]}]}]}
            """)) {
      HttpReply reply =
          post("/v1/traces", "application/json", json.getBytes(StandardCharsets.UTF_8));
      assertThat(reply.status()).isEqualTo(200);
      assertThat(new String(reply.body(), StandardCharsets.UTF_8)).isEqualTo("{}");
    }
    assertThat(stored).hasSize(2);
    assertThat(stored.get(0)).isEqualTo(stored.get(1));
    assertThat(stored.getFirst().getTraceId().byteAt(0)).isEqualTo((byte) 0x5b);
  }

  @Test
  void overTheRate_everyDoorAnswers429WithRetryAfter_andTheTextClientsLookFor() throws Exception {
    limits = new TracesWriteLimits(new ByteSize(10), new ByteSize(10), new ByteSize(2048));
    HttpReply reply = post("/v1/traces", "application/x-protobuf", request(span(1)));
    assertThat(reply.status()).isEqualTo(429);
    assertThat(reply.headers()).containsKey("retry-after");
    assertThat(new String(reply.body(), StandardCharsets.UTF_8)).contains("RATE_LIMITED: ");
    HttpReply zipkin = post("/api/v2/spans", "application/json", ZIPKIN);
    assertThat(zipkin.status()).isEqualTo(429);
    assertThat(zipkin.headers()).containsKey("retry-after");
    assertThat(stored).isEmpty();
  }

  private static final byte[] ZIPKIN =
      "[{\"traceId\":\"1\",\"id\":\"2\",\"name\":\"z\"},{\"traceId\":\"x\",\"id\":\"2\"}]"
          .getBytes(StandardCharsets.US_ASCII);

  @Test
  void zipkinAndJaeger_answer202_and400WhenNothingIsGood() throws Exception {
    assertThat(post("/api/v2/spans", "application/json", ZIPKIN).status()).isEqualTo(202);
    assertThat(post("/api/v1/spans", "application/json", ZIPKIN).status()).isEqualTo(202);
    assertThat(stored).extracting(Span::getName).containsExactly("z", "z");
    byte[] bad = "[{\"traceId\":\"x\",\"id\":\"2\"}]".getBytes(StandardCharsets.US_ASCII);
    HttpReply reply = post("/api/v2/spans", "application/json", bad);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(new String(reply.body(), StandardCharsets.UTF_8)).contains("received \"x\"");
    assertThat(post("/api/v2/spans", "text/xml", ZIPKIN).status()).isEqualTo(415);
    assertThat(post("/api/traces", "application/json", ZIPKIN).status()).isEqualTo(415);
    assertThat(post("/api/traces", "application/x-thrift", new byte[] {1, 2}).status())
        .isEqualTo(400);
    // An empty batch of Thrift is its stop byte.
    assertThat(post("/api/traces", "application/x-thrift", new byte[] {0}).status()).isEqualTo(202);
  }

  @Test
  void longAttributesAreCutAtACharacter_atAnyDepth_andNothingElseChanges() throws Exception {
    limits = new TracesWriteLimits(new ByteSize(0), new ByteSize(0), new ByteSize(10));
    var array =
        ArrayValue.newBuilder()
            .addValues(AnyValue.newBuilder().setStringValue("y".repeat(64 << 10)))
            .addValues(AnyValue.newBuilder().setIntValue(7));
    Span.Builder span =
        span(1)
            .setName("a name is never cut")
            .addAttributes(text("short", "stays"))
            .addAttributes(text("k".repeat(30), "äääääääääää"))
            .addAttributes(
                KeyValue.newBuilder()
                    .setKey("list")
                    .setValue(AnyValue.newBuilder().setArrayValue(array)))
            .addEvents(Span.Event.newBuilder().addAttributes(text("e", "x".repeat(11))))
            .addLinks(Span.Link.newBuilder().addAttributes(text("l", "x".repeat(10))));
    assertThat(post("/v1/traces", "application/x-protobuf", request(span)).status()).isEqualTo(200);
    Span kept = stored.getFirst();
    assertThat(kept.getName()).isEqualTo("a name is never cut");
    assertThat(kept.getAttributesList())
        .extracting(KeyValue::getKey)
        .containsExactly("short", "k".repeat(10), "list");
    assertThat(kept.getAttributes(1).getValue().getStringValue()).isEqualTo("äääää");
    assertThat(kept.getAttributes(2).getValue().getArrayValue().getValues(0).getStringValue())
        .isEqualTo("y".repeat(10));
    assertThat(kept.getAttributes(2).getValue().getArrayValue().getValues(1).getIntValue())
        .isEqualTo(7);
    assertThat(kept.getEvents(0).getAttributes(0).getValue().getStringValue()).hasSize(10);
    assertThat(kept.getLinks(0)).isEqualTo(span.getLinks(0));
    assertThat(resources.getFirst().getAttributes(0).getKey()).isEqualTo("service.na");
    assertThat(meters.get("foursight_distributor_truncated_attributes_total").counter().count())
        .isEqualTo(5);
  }

  @Test
  void whatTheSinkRefusesIsCounted_andItsFailureIs503() throws Exception {
    sink =
        (tenant, batch) ->
            new TracesWriteResult(
                1,
                List.of(
                    new TracesWriteResult.Rejection(
                        "live_traces_exceeded", ErrorKind.LIMIT_EXCEEDED, "too many traces", 1)));
    HttpReply partial = post("/v1/traces", "application/x-protobuf", request(span(1), span(2)));
    assertThat(
            ExportTraceServiceResponse.parseFrom(partial.body())
                .getPartialSuccess()
                .getErrorMessage())
        .isEqualTo("too many traces");
    sink =
        (tenant, batch) -> {
          throw FoursightException.unavailable("no room");
        };
    assertThat(post("/v1/traces", "application/x-protobuf", request(span(1))).status())
        .isEqualTo(503);
    assertThat(post("/api/v2/spans", "application/json", ZIPKIN).status()).isEqualTo(503);
  }
}
