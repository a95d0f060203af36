package io.foursight.wire.traces.tempo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.foursight.model.traces.FoundTrace;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesSeries;
import io.foursight.model.traces.TracesStats;
import io.foursight.wire.json.JsonBuffer;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TempoJsonTest {
  private static final TracesStats STATS = new TracesStats(5_000_000_000L, 7, 3, 2, 99);

  private static String json(Consumer<TempoJson> write) {
    var out = new JsonBuffer();
    write.accept(new TempoJson(out));
    return out.toString();
  }

  private static KeyValue pair(String key, AnyValue.Builder value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }

  private static final byte[] TRACE =
      TracesData.newBuilder()
          .addResourceSpans(
              ResourceSpans.newBuilder()
                  .setResource(
                      Resource.newBuilder()
                          .addAttributes(
                              pair("service.name", AnyValue.newBuilder().setStringValue("a<b"))))
                  .addScopeSpans(
                      ScopeSpans.newBuilder()
                          .addSpans(
                              Span.newBuilder()
                                  .setTraceId(ByteString.copyFrom(new byte[16]))
                                  .setSpanId(
                                      ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}))
                                  .setName("op")
                                  .setKindValue(2)
                                  .setStartTimeUnixNano(-1)
                                  .addAttributes(pair("i", AnyValue.newBuilder().setIntValue(0)))
                                  .addAttributes(
                                      pair("d", AnyValue.newBuilder().setDoubleValue(Double.NaN)))
                                  .addAttributes(
                                      pair(
                                          "l",
                                          AnyValue.newBuilder()
                                              .setArrayValue(
                                                  ArrayValue.newBuilder()
                                                      .addValues(
                                                          AnyValue.newBuilder()
                                                              .setBoolValue(false)))))
                                  .addEvents(Span.Event.newBuilder().setName("e"))
                                  .setStatus(Status.newBuilder().setCodeValue(2)))))
          .build()
          .toByteArray();

  private static final String RESOURCE_SPANS =
      "[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":"
          + "\"a\\u003cb\"}}]},\"scopeSpans\":[{\"spans\":[{\"traceId\":\"AAAAAAAAAAAAAAAAAAAAAA==\","
          + "\"spanId\":\"AQIDBAUGBwg=\",\"name\":\"op\",\"kind\":\"SPAN_KIND_SERVER\","
          + "\"startTimeUnixNano\":\"18446744073709551615\",\"attributes\":["
          + "{\"key\":\"i\",\"value\":{\"intValue\":\"0\"}},"
          + "{\"key\":\"d\",\"value\":{\"doubleValue\":\"NaN\"}},"
          + "{\"key\":\"l\",\"value\":{\"arrayValue\":{\"values\":[{\"boolValue\":false}]}}}],"
          + "\"events\":[{\"name\":\"e\"}],\"status\":{\"code\":\"STATUS_CODE_ERROR\"}}]}]}]";

  @Test
  void traceV1_isJsonpbWithBatches() {
    assertThat(json(j -> j.traceV1(TRACE))).isEqualTo("{\"batches\":" + RESOURCE_SPANS + "}");
    assertThat(json(j -> j.traceV1(new byte[0]))).isEqualTo("{}");
  }

  @Test
  void traceV2_hasMetricsAndSaysWhenItIsPartial() {
    assertThat(json(j -> j.traceV2(TRACE, "", STATS)))
        .isEqualTo(
            "{\"trace\":{\"resourceSpans\":"
                + RESOURCE_SPANS
                + "},\"metrics\":{\"inspectedBytes\":\"5000000000\"}}");
    assertThat(json(j -> j.traceV2(new byte[0], "too \"big\"", TracesStats.NONE)))
        .isEqualTo(
            "{\"trace\":{},\"metrics\":{},\"status\":\"PARTIAL\",\"message\":\"too \\\"big\\\"\"}");
  }

  private static final FoundTrace FOUND =
      new FoundTrace(
          new TraceId(0, 0xabcL),
          "",
          "",
          1_700_000_000_000_000_000L,
          1_999_999,
          List.of(
              new FoundTrace.SpanSet(
                  List.of(
                      new FoundTrace.Span(
                          0x1f,
                          "",
                          1_700_000_000_000_000_000L,
                          0,
                          List.of(
                              new FoundTrace.Attribute("status", new SpanValue.Status(2)),
                              new FoundTrace.Attribute("duration", new SpanValue.Duration(1500)),
                              new FoundTrace.Attribute("n", new SpanValue.Int(5)),
                              new FoundTrace.Attribute("b", new SpanValue.Bool(false))))),
                  4,
                  List.of(
                      new FoundTrace.Attribute("by(.x)", new SpanValue.Nil()),
                      new FoundTrace.Attribute("count()", new SpanValue.Int(4))))),
          Map.of("svc", new FoundTrace.ServiceStats(4, 0)));

  @Test
  void search_leavesZerosOutAndHasNoFieldThatGrafanaDoesNotKnow() {
    String set =
        "{\"spans\":[{\"spanID\":\"000000000000001f\",\"startTimeUnixNano\":\"1700000000000000000\","
            + "\"attributes\":[{\"key\":\"status\",\"value\":{\"stringValue\":\"error\"}},"
            + "{\"key\":\"duration\",\"value\":{\"stringValue\":\"1.5µs\"}},"
            + "{\"key\":\"n\",\"value\":{\"intValue\":\"5\"}},"
            + "{\"key\":\"b\",\"value\":{\"boolValue\":false}}]}],\"matched\":4,"
            + "\"attributes\":[{\"key\":\"by(.x)\",\"value\":{\"stringValue\":\"nil\"}},"
            + "{\"key\":\"count()\",\"value\":{\"intValue\":\"4\"}}]}";
    assertThat(json(j -> j.search(List.of(FOUND), SearchProgress.done(STATS), false)))
        .isEqualTo(
            "{\"traces\":[{\"traceID\":\"abc\",\"rootServiceName\":\"<root span not yet"
                + " received>\","
                + "\"startTimeUnixNano\":\"1700000000000000000\",\"durationMs\":1,\"spanSet\":"
                + set
                + ",\"spanSets\":["
                + set
                + "],\"serviceStats\":{\"svc\":{\"spanCount\":4}}}],\"metrics\":{"
                + "\"inspectedTraces\":3,\"inspectedBytes\":\"5000000000\",\"totalBlocks\":2,"
                + "\"completedJobs\":1,\"totalJobs\":1,\"totalBlockBytes\":\"99\","
                + "\"inspectedSpans\":\"7\"}}");
    assertThat(json(j -> j.search(List.of(), SearchProgress.done(TracesStats.NONE), true)))
        .isEqualTo("{\"traces\":[],\"metrics\":{\"completedJobs\":1,\"totalJobs\":1}}");
    assertThat(TempoJson.id(FOUND.id(), true)).isEqualTo("00000000000000000000000000000abc");
  }

  @Test
  void tagsAndValues() {
    var none = SearchProgress.done(TracesStats.NONE);
    String metrics = ",\"metrics\":{\"totalJobs\":1,\"completedJobs\":1}}";
    assertThat(json(j -> j.texts("tagNames", List.of("a", "b"), none)))
        .isEqualTo("{\"tagNames\":[\"a\",\"b\"]" + metrics);
    assertThat(
            json(j ->
                j.tagsV2(
                    List.of(
                        new TempoJson.ScopeTags("resource", List.of("service.name")),
                        new TempoJson.ScopeTags("span", List.of())),
                    none)))
        .isEqualTo(
            "{\"scopes\":[{\"name\":\"resource\",\"tags\":[\"service.name\"]},{\"name\":\"span\"}]"
                + metrics);
    assertThat(
            json(j ->
                j.tagValuesV2(
                    List.of(
                        new SpanValue.Text("x"),
                        new SpanValue.Int(4),
                        new SpanValue.Decimal(1e6),
                        new SpanValue.Bool(true),
                        new SpanValue.Duration(90_000_000_000L),
                        new SpanValue.Kind(3)),
                    none)))
        .isEqualTo(
            "{\"tagValues\":[{\"type\":\"string\",\"value\":\"x\"},{\"type\":\"int\",\"value\":\"4\"},"
                + "{\"type\":\"float\",\"value\":\"1e+06\"},{\"type\":\"bool\",\"value\":\"true\"},"
                + "{\"type\":\"duration\",\"value\":\"1m30s\"},"
                + "{\"type\":\"keyword\",\"value\":\"client\"}]"
                + metrics);
  }

  @Test
  void metrics_haveTypedLabelsAndNoZeros() {
    var series =
        new TracesSeries(
            List.of(
                new FoundTrace.Attribute("__name__", new SpanValue.Text("rate")),
                new FoundTrace.Attribute("p", new SpanValue.Decimal(0.9))),
            new long[] {1000, 2000},
            new double[] {0, 2.5},
            List.of(
                new TracesSeries.Exemplar(
                    List.of(new FoundTrace.Attribute("trace:id", new SpanValue.Text("abc"))),
                    Double.NaN,
                    1500)));
    String labels =
        "\"labels\":[{\"key\":\"__name__\",\"value\":{\"stringValue\":\"rate\"}},"
            + "{\"key\":\"p\",\"value\":{\"doubleValue\":0.9}}]";
    String metrics = "\"metrics\":{\"completedJobs\":1,\"totalJobs\":1}";
    var none = SearchProgress.done(TracesStats.NONE);
    assertThat(json(j -> j.queryRange(List.of(series), "cut", none)))
        .isEqualTo(
            "{\"series\":[{"
                + labels
                + ",\"samples\":[{\"timestampMs\":\"1000\"},{\"timestampMs\":\"2000\",\"value\":2.5}],"
                + "\"exemplars\":[{\"labels\":[{\"key\":\"trace:id\",\"value\":{\"stringValue\":\"abc\"}}],"
                + "\"value\":\"NaN\",\"timestampMs\":\"1500\"}]}],"
                + metrics
                + ",\"status\":\"PARTIAL\",\"message\":\"cut\"}");
    assertThat(json(j -> j.queryInstant(List.of(series), "", none)))
        .isEqualTo("{\"series\":[{" + labels + "}]," + metrics + "}");
  }

  @Test
  void goTexts() {
    assertThat(GoTexts.duration(1)).isEqualTo("1ns");
    assertThat(GoTexts.duration(1_500_000)).isEqualTo("1.5ms");
    assertThat(GoTexts.duration(-3_600_000_000_000L)).isEqualTo("-1h0m0s");
    assertThat(GoTexts.duration(Long.MIN_VALUE)).isEqualTo("-2562047h47m16.854775808s");
    assertThat(GoTexts.decimal(0.1)).isEqualTo("0.1");
    assertThat(GoTexts.decimal(1e21)).isEqualTo("1e+21");
    assertThat(GoTexts.decimal(123456)).isEqualTo("123456");
    assertThat(GoTexts.decimal(0.00001)).isEqualTo("1e-05");
  }
}
