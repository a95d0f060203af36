package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.integration.LokiApi.Entry;
import io.foursight.wire.protobuf.ProtoWriter;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.resources.Resource;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xerial.snappy.Snappy;

/// What real clients send is read back by every endpoint that Grafana and Logs Drilldown call.
class LogsClientsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir static Path directory;
  private static FoursightProcess server;
  private static LokiApi api;

  @BeforeAll
  static void start() throws Exception {
    server = new FoursightProcess(directory).start();
    api = new LokiApi(server.url());
  }

  @AfterAll
  static void stop() {
    api.close();
    server.close();
  }

  /// What every client's data must answer to: besides `query_range`, what follows, lists and
  /// counts.
  private static void assertAnswered(
      BlockingQueue<String> frames, String selector, int entries, List<String> labels, String field)
      throws Exception {
    var followed = new ArrayList<Entry>();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          for (String frame = frames.poll(); frame != null; frame = frames.poll()) {
            followed.addAll(LokiApi.entries(new ObjectMapper().readTree(frame).get("streams")));
          }
          assertThat(followed).hasSize(entries);
        });
    assertThat(followed).containsExactlyInAnyOrderElementsOf(api.entries(selector));
    assertThat(api.texts("labels", "query", selector)).containsAll(labels);
    JsonNode volume = api.get("index/volume", "query", selector).at("/data/result");
    assertThat(volume).isNotEmpty();
    long bytes = 0;
    for (JsonNode stream : volume) {
      bytes += stream.at("/value/1").asLong();
    }
    assertThat(bytes)
        .isGreaterThanOrEqualTo(followed.stream().mapToLong(e -> e.line().length()).sum());
    assertThat(api.get("index/stats", "query", selector).get("entries").asInt()).isEqualTo(entries);
    assertThat(api.get("detected_fields", "query", selector).get("fields"))
        .anySatisfy(f -> assertThat(f.get("label").asText()).isEqualTo(field));
    assertThat(api.get("detected_labels", "query", selector).get("detectedLabels"))
        .anySatisfy(l -> assertThat(l.get("label").asText()).isEqualTo(labels.getFirst()));
  }

  @Test
  void loki4j_logsWithLabelsAndMetadata() throws Exception {
    var frames = api.tail("{app=\"loki4j\"}");
    var context = new LoggerContext();
    var configurator = new JoranConfigurator();
    configurator.setContext(context);
    String xml =
        """
        <configuration>
          <appender name="LOKI" class="com.github.loki4j.logback.Loki4jAppender">
            <http><url>%s/loki/api/v1/push</url></http>
            <batch><timeoutMs>200</timeoutMs></batch>
            <labels>app=loki4j
                    level=%%level</labels>
            <structuredMetadata>thread=%%thread</structuredMetadata>
            <message><pattern>%%msg %%ex</pattern></message>
          </appender>
          <root level="DEBUG"><appender-ref ref="LOKI"/></root>
        </configuration>
        """
            .formatted(server.url());
    configurator.doConfigure(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    var logger = context.getLogger("shop");
    logger.info("order 17 paid");
    logger.error("payment failed", new IllegalStateException("no <money>"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(api.entries("{app=\"loki4j\"}")).hasSize(2));
    context.stop();
    List<Entry> errors = api.entries("{app=\"loki4j\", level=\"ERROR\"}");
    assertThat(errors).hasSize(1);
    assertThat(errors.getFirst().line())
        .startsWith("payment failed java.lang.IllegalStateException: no <money>");
    assertThat(errors.getFirst().metadata())
        .containsEntry("thread", Thread.currentThread().getName())
        .containsEntry("detected_level", "error");
    assertThat(errors.getFirst().stream()).containsEntry("service_name", "loki4j");
    assertThat(api.texts("label/level/values", "query", "{app=\"loki4j\"}"))
        .containsExactly("ERROR", "INFO");
    assertAnswered(
        frames, "{app=\"loki4j\"}", 2, List.of("app", "level", "service_name"), "thread");
  }

  @Test
  void openTelemetrySdk_exportsOverGrpcAndHttp() throws Exception {
    var frames = api.tail("{service_namespace=\"shop\"}");
    export(
        OtlpGrpcLogRecordExporter.builder()
            .setEndpoint("http://127.0.0.1:" + server.otlpGrpcPort())
            .setCompression("gzip")
            .build(),
        "over-grpc");
    export(
        OtlpHttpLogRecordExporter.builder()
            .setEndpoint("http://127.0.0.1:" + server.otlpHttpPort() + "/v1/logs")
            .build(),
        "over-http");
    for (String service : List.of("over-grpc", "over-http")) {
      List<Entry> entries = api.entries("{service_name=\"" + service + "\"}");
      assertThat(entries).hasSize(1);
      Entry entry = entries.getFirst();
      assertThat(entry.line()).isEqualTo("queue is full");
      assertThat(entry.stream()).containsEntry("service_namespace", "shop");
      assertThat(entry.metadata())
          .containsEntry("host_name", "h1")
          .containsEntry("queue_depth", "1000")
          .containsEntry("severity_text", "WARN")
          .containsEntry("severity_number", "13")
          .containsEntry("detected_level", "warn")
          .containsEntry("scope_name", "integration-test");
    }
    assertAnswered(
        frames,
        "{service_namespace=\"shop\"}",
        2,
        List.of("service_name", "service_namespace"),
        "queue_depth");
    for (String query :
        List.of(
            "{service_namespace=\"shop\"} | queue_depth > 999",
            "{service.namespace=\"shop\"} | queue.depth > 999 | host.name = \"h1\"",
            "{\"service.namespace\"=\"shop\"} | host_name = \"h1\"")) {
      assertThat(api.entries(query)).as(query).hasSize(2);
    }
    assertThat(api.texts("label/service.namespace/values")).containsExactly("shop");
    assertThat(
            api.get("detected_field/queue.depth/values", "query", "{service.namespace=\"shop\"}")
                .get("values")
                .get(0)
                .asText())
        .isEqualTo("1000");
  }

  private static void export(LogRecordExporter exporter, String service) {
    var resource =
        Resource.create(
            Attributes.builder()
                .put("service.name", service)
                .put("service.namespace", "shop")
                .put("host.name", "h1")
                .build());
    try (var provider =
        SdkLoggerProvider.builder()
            .setResource(resource)
            .addLogRecordProcessor(SimpleLogRecordProcessor.create(exporter))
            .build()) {
      provider
          .get("integration-test")
          .logRecordBuilder()
          .setBody("queue is full")
          .setSeverity(Severity.WARN)
          .setSeverityText("WARN")
          .setAttribute("queue.depth", 1000L)
          .emit();
      assertThat(provider.forceFlush().join(20, TimeUnit.SECONDS).isSuccess()).isTrue();
    }
  }

  /// `PushRequest{streams=1}`, `Stream{labels=1, entries=2}`, `Entry{timestamp=1, line=2}`.
  private static void pushProtobuf(String labels, long nanos, String line) throws Exception {
    var timestamp = new ProtoWriter();
    timestamp.varint(1, nanos / 1_000_000_000);
    timestamp.varint(2, nanos % 1_000_000_000);
    var entry = new ProtoWriter();
    entry.bytes(1, timestamp.toByteArray());
    entry.string(2, line);
    var stream = new ProtoWriter();
    stream.string(1, labels);
    stream.bytes(2, entry.toByteArray());
    var push = new ProtoWriter();
    push.bytes(1, stream.toByteArray());
    var response =
        server.post(
            "/loki/api/v1/push",
            Snappy.compress(push.toByteArray()),
            "content-type",
            "application/x-protobuf");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
  }

  @Test
  void rawSnappyProtobuf_isReadBackByEveryEndpoint() throws Exception {
    var frames = api.tail("{job=\"raw\"}");
    var parsed = api.tail("{job=\"raw\", pod=\"a\"} | json");
    long now = System.currentTimeMillis() * 1_000_000;
    String line = "{\"level\":\"warn\",\"http\":{\"status\":503},\"took\":\"1.5s\"}";
    pushProtobuf("{job=\"raw\", pod=\"a\"}", now, line);
    pushProtobuf("{job=\"raw\", pod=\"b\"}", now + 1, "plain text");

    assertThat(api.entries("{job=\"raw\"} |= \"status\" | json | http_status >= 500"))
        .singleElement()
        .satisfies(e -> {
          assertThat(e.line()).isEqualTo(line);
          assertThat(e.nanos()).isEqualTo(now);
          assertThat(e.parsed()).containsEntry("http_status", "503").containsEntry("took", "1.5s");
        });
    assertAnswered(frames, "{job=\"raw\"}", 2, List.of("job", "pod"), "http_status");
    JsonNode frame = new ObjectMapper().readTree(parsed.poll(20, TimeUnit.SECONDS));
    assertThat(LokiApi.entries(frame.get("streams")).getFirst().parsed())
        .containsEntry("level", "warn");
    assertThat(api.texts("labels", "query", "{job=\"raw\"}"))
        .containsExactly("job", "pod", "service_name");
    assertThat(api.get("series", "match[]", "{job=\"raw\"}").get("data")).hasSize(2);
    assertThat(
            api.get("index/volume", "query", "{job=\"raw\"}", "targetLabels", "pod")
                .at("/data/result"))
        .hasSize(2);
    assertThat(api.get("index/stats", "query", "{job=\"raw\"}").get("entries").asInt())
        .isEqualTo(2);
    JsonNode fields = api.get("detected_fields", "query", "{job=\"raw\", pod=\"a\"}").get("fields");
    assertThat(fields)
        .anySatisfy(f -> {
          assertThat(f.get("label").asText()).isEqualTo("http_status");
          assertThat(f.get("type").asText()).isEqualTo("int");
          assertThat(f.get("jsonPath")).hasSize(2);
        })
        .anySatisfy(f -> {
          assertThat(f.get("label").asText()).isEqualTo("took");
          assertThat(f.get("type").asText()).isEqualTo("duration");
        });
    assertThat(
            api.get("query", "query", "sum(count_over_time({job=\"raw\"}[5m]))")
                .at("/data/result/0/value/1")
                .asText())
        .isEqualTo("2");
  }
}
