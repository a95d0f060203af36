package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Empty;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import io.foursight.model.traces.TraceId;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Grafana streams its searches, and Jaeger's agents push, over gRPC on the port that has HTTP too:
/// a real client does both.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TracesGrpcIT {
  private static final int TRACES = 30;

  private final long seconds = System.currentTimeMillis() / 1000 - 60;
  private FoursightProcess server;
  private TempoApi api;
  private Tempopb grpc;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    int tracesPort = FoursightProcess.freePort();
    server =
        new FoursightProcess(directory)
            .flag("server.traces-listen-port", String.valueOf(tracesPort))
            .start();
    api = new TempoApi("http://127.0.0.1:" + tracesPort);
    grpc = new Tempopb(tracesPort);
    var request = ExportTraceServiceRequest.newBuilder();
    for (int i = 0; i < TRACES; i++) {
      long start = (seconds + i) * 1_000_000_000;
      request.addResourceSpans(
          ResourceSpans.newBuilder()
              .setResource(
                  Resource.newBuilder().addAttributes(text("service.name", "shop-" + i % 3)))
              .addScopeSpans(
                  ScopeSpans.newBuilder()
                      .addSpans(
                          Span.newBuilder()
                              .setTraceId(id(i + 1, 16))
                              .setSpanId(id(7, 8))
                              .setName("op")
                              .setStartTimeUnixNano(start)
                              .setEndTimeUnixNano(start + 250_000_000)
                              .addAttributes(text("room", "r" + i % 5)))));
    }
    push(request);
  }

  @AfterAll
  void stop() {
    grpc.close();
    api.close();
    server.close();
  }

  private void push(ExportTraceServiceRequest.Builder request) throws Exception {
    try (var main = new TempoApi(server.url())) {
      assertThat(
              main.post("/otlp/v1/traces", "application/x-protobuf", request.build().toByteArray())
                  .statusCode())
          .isEqualTo(200);
    }
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static ByteString id(long value, int bytes) {
    var id = new byte[bytes];
    for (int i = 0; i < Math.min(8, bytes); i++) {
      id[bytes - 1 - i] = (byte) (value >>> 8 * i);
    }
    return ByteString.copyFrom(id);
  }

  /// Grafana merges the messages by trace id and takes the last one's metrics.
  @Test
  void search_streamsEveryTraceThatHttpFinds() throws Exception {
    DynamicMessage request =
        grpc.message(
            "SearchRequest",
            "Query",
            "{ resource.service.name = \"shop-1\" } | select(span.room)",
            "Limit",
            100,
            "start",
            (int) seconds - 10,
            "end",
            (int) seconds + 100);
    List<DynamicMessage> answers = grpc.call("Search", request, "SearchResponse");
    Set<Object> ids = new HashSet<>();
    for (DynamicMessage answer : answers) {
      for (DynamicMessage trace : Tempopb.all(answer, "traces")) {
        ids.add(Tempopb.get(trace, "traceID"));
        assertThat(Tempopb.get(trace, "rootServiceName")).isEqualTo("shop-1");
        assertThat(Tempopb.get(trace, "durationMs")).isEqualTo(250);
        assertThat(Tempopb.get(trace, "spanSet.matched")).isEqualTo(1);
        assertThat(Tempopb.all(trace, "spanSets")).hasSize(1);
        DynamicMessage span =
            Tempopb.all((DynamicMessage) Tempopb.get(trace, "spanSet"), "spans").getFirst();
        assertThat(Tempopb.get(span, "spanID")).isEqualTo("0000000000000007");
        assertThat(Tempopb.get(span, "attributes").toString()).contains("room");
      }
    }
    assertThat(ids).hasSize(TRACES / 3);
    assertThat(ids).isEqualTo(Set.copyOf(api.search("{ resource.service.name = \"shop-1\" }")));
    DynamicMessage last = answers.getLast();
    assertThat(Tempopb.get(last, "metrics.completedJobs"))
        .isEqualTo(Tempopb.get(last, "metrics.totalJobs"));
    assertThat((int) Tempopb.get(last, "metrics.totalJobs")).isPositive();
  }

  @Test
  void search_byTagsAndWithoutAnything() {
    var entry = grpc.message("StringEntry", "key", "room", "value", "r2");
    var byTag = grpc.message("SearchRequest", "Tags", List.of(entry), "MinDurationMs", 200);
    assertThat(traces(grpc.call("Search", byTag, "SearchResponse"))).isEqualTo(TRACES / 5);
    // The data source's health check.
    var empty = grpc.message("SearchRequest");
    assertThat(traces(grpc.call("Search", empty, "SearchResponse"))).isEqualTo(20);
  }

  private static int traces(List<DynamicMessage> answers) {
    return answers.stream().mapToInt(answer -> Tempopb.all(answer, "traces").size()).sum();
  }

  @Test
  void tagsAndTheirValues_inBothVersions() {
    assertThat(
            texts(
                grpc.call("SearchTags", grpc.message("SearchTagsRequest"), "SearchTagsResponse"),
                "tagNames"))
        .contains("room", "service.name");
    var scopes =
        Tempopb.all(
            grpc.call(
                    "SearchTagsV2",
                    grpc.message("SearchTagsRequest", "scope", "span"),
                    "SearchTagsV2Response")
                .getLast(),
            "scopes");
    assertThat(scopes).hasSize(1);
    assertThat(Tempopb.get(scopes.getFirst(), "name")).isEqualTo("span");
    assertThat(Tempopb.get(scopes.getFirst(), "tags")).isEqualTo(List.of("room"));
    assertThat(
            texts(
                grpc.call(
                    "SearchTagValues",
                    grpc.message("SearchTagValuesRequest", "tagName", "room"),
                    "SearchTagValuesResponse"),
                "tagValues"))
        .containsExactly("r0", "r1", "r2", "r3", "r4");
    var values =
        Tempopb.all(
            grpc.call(
                    "SearchTagValuesV2",
                    grpc.message(
                        "SearchTagValuesRequest",
                        "tagName",
                        "resource.service.name",
                        "query",
                        "{ span.room = \"r1\" && .x = }",
                        "start",
                        (int) seconds,
                        "end",
                        (int) seconds + 2),
                    "SearchTagValuesV2Response")
                .getLast(),
            "tagValues");
    assertThat(values).hasSize(1);
    assertThat(Tempopb.get(values.getFirst(), "type")).isEqualTo("string");
    assertThat(Tempopb.get(values.getFirst(), "value")).isEqualTo("shop-1");
  }

  private static List<String> texts(List<DynamicMessage> answers, String field) {
    return ((List<?>) Tempopb.get(answers.getLast(), field))
        .stream().map(String.class::cast).toList();
  }

  @Test
  void metrics_asRangeAndAsOneNumber() {
    long nanos = 1_000_000_000;
    var range =
        grpc.message(
            "QueryRangeRequest",
            "query",
            "{ } | count_over_time() by (resource.service.name)",
            "start",
            (seconds - 20) * nanos,
            "end",
            (seconds + 100) * nanos,
            "step",
            10 * nanos,
            "exemplars",
            100);
    var series =
        Tempopb.all(
            grpc.call("MetricsQueryRange", range, "QueryRangeResponse").getLast(), "series");
    assertThat(series).hasSize(3);
    for (DynamicMessage one : series) {
      assertThat(Tempopb.get(one, "labels").toString()).contains("resource.service.name", "shop-");
      double sum =
          Tempopb.all(one, "samples").stream()
              .mapToDouble(sample -> (double) Tempopb.get(sample, "value"))
              .sum();
      assertThat(sum).isEqualTo(TRACES / 3);
      assertThat(Tempopb.all(one, "exemplars")).isNotEmpty();
    }
    var instant =
        grpc.message(
            "QueryInstantRequest",
            "query",
            "{ span.room = \"r4\" } | count_over_time()",
            "start",
            (seconds - 20) * nanos,
            "end",
            (seconds + 100) * nanos);
    var numbers =
        Tempopb.all(
            grpc.call("MetricsQueryInstant", instant, "QueryInstantResponse").getLast(), "series");
    assertThat(numbers).hasSize(1);
    assertThat(Tempopb.get(numbers.getFirst(), "value")).isEqualTo(TRACES / 5.0);
  }

  /// The statuses that the data source shows.
  @Test
  void whatMakesNoSense_isInvalidArgument() {
    for (DynamicMessage request :
        List.of(
            grpc.message("SearchRequest", "Query", "{ a = "),
            grpc.message("SearchRequest", "Query", "{ } | rate()"),
            grpc.message("SearchRequest", "Query", "{ }", "start", 5),
            grpc.message("SearchRequest", "Query", "{ }", "Limit", 1_000_000))) {
      assertThatThrownBy(() -> grpc.call("Search", request, "SearchResponse"))
          .as("%s", request)
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> {
                assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
                assertThat(e.getStatus().getDescription()).isNotBlank();
              });
    }
  }

  /// A message too long for one: an answer of many spans comes in pieces of at most 1 MiB.
  @Test
  void longAnswers_comeInPieces() throws Exception {
    int wide = 400;
    var request = ExportTraceServiceRequest.newBuilder();
    for (int i = 0; i < wide; i++) {
      var scope = ScopeSpans.newBuilder();
      for (int s = 1; s <= 5; s++) {
        scope.addSpans(
            Span.newBuilder()
                .setTraceId(id(1000 + i, 16))
                .setSpanId(id(s, 8))
                .setName("wide")
                .setStartTimeUnixNano(seconds * 1_000_000_000)
                .setEndTimeUnixNano(seconds * 1_000_000_000)
                .addAttributes(text("long", ("v" + i).repeat(400))));
      }
      request.addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope));
    }
    push(request);
    List<DynamicMessage> answers =
        grpc.call(
            "Search",
            grpc.message(
                "SearchRequest",
                "Query",
                "{ name = \"wide\" } | select(span.long)",
                "Limit",
                1000,
                "SpansPerSpanSet",
                5),
            "SearchResponse");
    Set<Object> ids = new HashSet<>();
    for (DynamicMessage answer : answers) {
      assertThat(answer.getSerializedSize()).isLessThanOrEqualTo(1 << 20);
      Tempopb.all(answer, "traces").forEach(trace -> ids.add(Tempopb.get(trace, "traceID")));
    }
    assertThat(ids).hasSize(wide);
    assertThat(answers.size()).isGreaterThan(3);
  }

  /// `jaeger.api_v2.CollectorService/PostSpans`, as agents of Jaeger call it.
  @Test
  void jaegerPostSpans() throws Exception {
    Timestamp start = Timestamp.newBuilder().setSeconds(seconds).setNanos(5).build();
    Timestamp took = Timestamp.newBuilder().setNanos(3_000_000).build();
    // The type of a tag is text when left out.
    UnknownFieldSet tag = message(1, utf8("k"), 3, utf8("v"));
    UnknownFieldSet span =
        message(
            1,
            id(0x1a2b, 16),
            2,
            id(0x77, 8),
            3,
            utf8("jaeger-grpc-op"),
            6,
            start.toByteString(),
            7,
            took.toByteString(),
            8,
            tag.toByteString());
    UnknownFieldSet process = message(1, utf8("jaeger-grpc"));
    UnknownFieldSet batch = message(1, span.toByteString(), 2, process.toByteString());
    post(message(1, batch.toByteString()));
    Span stored = TempoApi.spans(api.trace("1a2b")).getFirst();
    assertThat(stored.getName()).isEqualTo("jaeger-grpc-op");
    assertThat(stored.getStartTimeUnixNano()).isEqualTo(seconds * 1_000_000_000 + 5);
    assertThat(stored.getEndTimeUnixNano() - stored.getStartTimeUnixNano()).isEqualTo(3_000_000);
    assertThat(api.search("{ resource.service.name = \"jaeger-grpc\" && span.k = \"v\" }"))
        .containsExactly(new TraceId(0, 0x1a2b).toString());
    assertThat(api.values("resource.service.name")).contains("jaeger-grpc");
    UnknownFieldSet bad =
        message(1, message(1, message(1, id(1, 3)).toByteString()).toByteString());
    assertThatThrownBy(() -> post(bad))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
  }

  private void post(UnknownFieldSet request) {
    var empty = Empty.getDefaultInstance();
    var method =
        MethodDescriptor.<Empty, Empty>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("jaeger.api_v2.CollectorService/PostSpans")
            .setRequestMarshaller(ProtoUtils.marshaller(empty))
            .setResponseMarshaller(ProtoUtils.marshaller(empty))
            .build();
    ClientCalls.blockingUnaryCall(
        grpc.channel(),
        method,
        CallOptions.DEFAULT,
        empty.toBuilder().setUnknownFields(request).build());
  }

  private static ByteString utf8(String text) {
    return ByteString.copyFromUtf8(text);
  }

  /// A message of length-delimited fields.
  private static UnknownFieldSet message(Object... fields) {
    var message = UnknownFieldSet.newBuilder();
    for (int i = 0; i < fields.length; i += 2) {
      message.addField(
          (int) fields[i],
          Field.newBuilder().addLengthDelimited((ByteString) fields[i + 1]).build());
    }
    return message.build();
  }
}
