package io.foursight.wire.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.foursight.model.logs.LogsBatch;
import io.foursight.wire.logs.Entries;
import io.foursight.wire.otlp.OtlpAttributeRules.Action;
import io.foursight.wire.otlp.OtlpAttributeRules.Rule;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OtlpLogsDecoderTest {
  private final OtlpLogsDecoder decoder = new OtlpLogsDecoder();
  private final LogsBatch batch = new LogsBatch(new byte[0]);

  private static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder().setKey(key).setValue(text(value)).build();
  }

  private static AnyValue text(String value) {
    return AnyValue.newBuilder().setStringValue(value).build();
  }

  private List<String> decode(OtlpLogsOptions options, ResourceLogs... logs) {
    var request = ExportLogsServiceRequest.newBuilder().addAllResourceLogs(List.of(logs)).build();
    decoder.decode(request.toByteArray(), options, 42, batch);
    return Entries.of(batch);
  }

  @Test
  void resourceAttributesOfTheListAreLabelsAllElseIsMetadata() {
    var resource =
        Resource.newBuilder()
            .addAttributes(attribute("service.name", "shop"))
            .addAttributes(attribute("k8s.pod.name", "p1"))
            .addAttributes(attribute("host.name", "h"))
            .addAttributes(attribute("1st", "x"))
            .setDroppedAttributesCount(3)
            .build();
    var map =
        AnyValue.newBuilder()
            .setKvlistValue(
                KeyValueList.newBuilder()
                    .addValues(attribute("method", "GET"))
                    .addValues(
                        KeyValue.newBuilder()
                            .setKey("status.code")
                            .setValue(AnyValue.newBuilder().setIntValue(200))))
            .build();
    var record =
        LogRecord.newBuilder()
            .setTimeUnixNano(1000)
            .setObservedTimeUnixNano(2000)
            .setSeverityNumber(SeverityNumber.SEVERITY_NUMBER_WARN)
            .setSeverityText("WARN")
            .setBody(text("the line"))
            .addAttributes(KeyValue.newBuilder().setKey("http").setValue(map))
            .addAttributes(attribute("host.name", "record wins"))
            .setDroppedAttributesCount(1)
            .setFlags(1)
            .setTraceId(
                ByteString.copyFrom(HexFormat.of().parseHex("0102030405060708090a0b0c0d0e0f10")))
            .setSpanId(ByteString.copyFrom(HexFormat.of().parseHex("00000000000000ff")))
            .setEventName("e")
            .build();
    var scope =
        ScopeLogs.newBuilder()
            .setScope(
                InstrumentationScope.newBuilder()
                    .setName("lib")
                    .setVersion("1")
                    .addAttributes(attribute("scope.x", "y"))
                    .setDroppedAttributesCount(2))
            .addLogRecords(record);
    assertThat(
            decode(
                OtlpLogsOptions.DEFAULT,
                ResourceLogs.newBuilder().setResource(resource).addScopeLogs(scope).build()))
        .containsExactly(
            "{k8s_pod_name=\"p1\", service_name=\"shop\"} 1000 the line"
                + " {1st=x, dropped_attributes_count=1, event_name=e, flags=1,"
                + " host.name=record wins, http_method=GET, http_status.code=200,"
                + " observed_timestamp=2000, resource_dropped_attributes_count=3,"
                + " scope.x=y, scope_dropped_attributes_count=2,"
                + " scope_name=lib, scope_version=1, severity_number=13,"
                + " severity_text=WARN, span_id=00000000000000ff,"
                + " trace_id=0102030405060708090a0b0c0d0e0f10}");
  }

  @Test
  void timesFallBackAndBodiesAreTheirText() {
    var scope = ScopeLogs.newBuilder();
    scope.addLogRecords(
        LogRecord.newBuilder()
            .setObservedTimeUnixNano(7)
            .setBody(AnyValue.newBuilder().setDoubleValue(1.5)));
    scope.addLogRecords(LogRecord.newBuilder().setBody(AnyValue.newBuilder().setBoolValue(true)));
    scope.addLogRecords(
        LogRecord.newBuilder()
            .setTimeUnixNano(9)
            .setBody(
                AnyValue.newBuilder()
                    .setKvlistValue(
                        KeyValueList.newBuilder()
                            .addValues(attribute("b", "1"))
                            .addValues(attribute("a", "2")))));
    scope.addLogRecords(LogRecord.newBuilder().setTimeUnixNano(10));
    assertThat(
            decode(OtlpLogsOptions.DEFAULT, ResourceLogs.newBuilder().addScopeLogs(scope).build()))
        .containsExactly(
            "{} 7 1.5 {}", "{} 42 true {}", "{} 9 {\"a\":\"2\",\"b\":\"1\"} {}", "{} 10  {}");
  }

  @Test
  void rulesIndexDropAndKeep() {
    var options =
        new OtlpLogsOptions(
            new OtlpAttributeRules(
                List.of(
                    Rule.of(Action.STRUCTURED_METADATA, List.of("k8s.uid")),
                    new Rule(Action.INDEX_LABEL, Set.of(), name -> name.startsWith("k8s.")),
                    Rule.of(Action.DROP, List.of("secret")))),
            OtlpAttributeRules.NONE,
            new OtlpAttributeRules(
                List.of(
                    Rule.of(Action.INDEX_LABEL, List.of("route")),
                    new Rule(Action.DROP, Set.of(), name -> name.endsWith(".tmp")))));
    var resource =
        Resource.newBuilder()
            .addAttributes(attribute("k8s.pod", "p"))
            .addAttributes(attribute("k8s.uid", "u"))
            .addAttributes(attribute("secret", "s"))
            .addAttributes(attribute("service.name", "plain"));
    var scope =
        ScopeLogs.newBuilder()
            .addLogRecords(
                LogRecord.newBuilder()
                    .setTimeUnixNano(1)
                    .addAttributes(attribute("route", "/a"))
                    .addAttributes(attribute("x.tmp", "gone")))
            .addLogRecords(LogRecord.newBuilder().setTimeUnixNano(2));
    assertThat(
            decode(
                options,
                ResourceLogs.newBuilder().setResource(resource).addScopeLogs(scope).build()))
        .containsExactly(
            "{k8s_pod=\"p\", route=\"/a\"} 1  {k8s.uid=u, service.name=plain}",
            "{k8s_pod=\"p\"} 2  {k8s.uid=u, service.name=plain}");
  }
}
