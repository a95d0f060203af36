package io.foursight.distributor.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.distributor.DistributorConfig;
import io.foursight.distributor.FakeCall;
import io.foursight.distributor.RateShare;
import io.foursight.distributor.RetryAfter;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsBatch;
import io.foursight.model.logs.LogsWriteResult;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.protobuf.ProtoWriter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;

class LogsPushRoutesTest {
  private static final long NOW = 1_767_225_600_000L;
  private final List<String> stored = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private LogsWriteLimits limits = LogsWriteLimits.defaults();

  private LogsWriteResult store(TenantId tenant, LogsBatch batch) {
    for (int s = 0; s < batch.streamCount(); s++) {
      for (int e = batch.entryStart(s); e < batch.entryEnd(s); e++) {
        var metadata = new TreeMap<String, String>();
        for (int p = batch.metadataStart(e); p < batch.metadataEnd(e); p++) {
          metadata.put(
              new String(
                  batch.body(), batch.nameOffset(p), batch.nameLength(p), StandardCharsets.UTF_8),
              new String(
                  batch.body(),
                  batch.valueOffset(p),
                  batch.valueLength(p),
                  StandardCharsets.UTF_8));
        }
        String line =
            new String(
                batch.body(), batch.lineOffset(e), batch.lineLength(e), StandardCharsets.UTF_8);
        stored.add(batch.labels(s) + " " + batch.timestamps()[e] + " " + line + " " + metadata);
      }
    }
    return new LogsWriteResult(batch.entryCount(), List.of());
  }

  private HttpReply push(FakeCall call) {
    var distributor =
        new LogsDistributor(
            DistributorConfig.defaults(),
            tenant -> limits,
            this::store,
            new LogsDistributorMetrics(meters),
            InstantSource.fixed(Instant.ofEpochMilli(NOW)),
            System::nanoTime,
            RateShare.WHOLE);
    return new LogsPushRoutes(distributor, new RetryAfter(new Random(1))).push(call);
  }

  private HttpReply pushJson(String json) {
    return push(
        new FakeCall(json.getBytes(StandardCharsets.UTF_8))
            .with("content-type", "application/json; charset=utf-8"));
  }

  private static String body(HttpReply reply) {
    return new String(reply.body(), StandardCharsets.UTF_8);
  }

  private static byte[] message() {
    var out = new ProtoWriter();
    int stream = out.begin(1);
    out.string(1, "{app=\"shop\"}");
    int entry = out.begin(2);
    int time = out.begin(1);
    out.varint(1, 1);
    out.end(time);
    out.string(2, "level=warn hello");
    out.end(entry);
    out.end(stream);
    return out.toByteArray();
  }

  @Test
  void protobufIsSnappyWithOrWithoutTheHeaderAndInsideOfGzip() throws IOException {
    byte[] snappy = Snappy.compress(message());
    assertThat(push(new FakeCall(snappy).with("content-type", "application/x-protobuf")).status())
        .isEqualTo(204);
    var gzip = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(gzip)) {
      out.write(snappy);
    }
    var call =
        new FakeCall(gzip.toByteArray())
            .with("content-type", "application/x-protobuf")
            .with("content-encoding", "gzip");
    assertThat(push(call).status()).isEqualTo(204);
    String entry =
        "{app=\"shop\", service_name=\"shop\"} 1000000000 level=warn hello {detected_level=warn}";
    assertThat(stored).containsExactly(entry, entry);
  }

  @Test
  void contentTypesAndEncodings() {
    assertThat(push(new FakeCall(message())).status()).isEqualTo(400);
    assertThat(
            push(new FakeCall(message()).with("content-type", "x/y").with("content-encoding", "br"))
                .status())
        .isEqualTo(400);
    assertThat(push(new FakeCall(message()).with("content-type", "x/y")).status()).isEqualTo(400);
    assertThat(pushJson("{").status()).isEqualTo(400);
    assertThat(pushJson("{\"streams\":[]}").status()).isEqualTo(422);
    assertThat(pushJson("{}").status()).isEqualTo(422);
  }

  @Test
  void goodEntriesAreStoredAndTheTextListsTenOfTheBad() {
    limits = limitsWithMaxLine(10);
    var json =
        new StringBuilder("{\"streams\":[{\"stream\":{\"app\":\"x\"},\"values\":[[\"1\",\"good\"]");
    for (int i = 0; i < 15; i++) {
      json.append(",[\"").append(i).append("\",\"much too long a line\"]");
    }
    json.append(
        "]},{\"stream\":{},\"values\":[[\"1\",\"x\"]]},{\"stream\":{\"a-b\":\"c\"},\"values\":[[\"1\",\"x\"]]}]}");
    HttpReply reply = pushJson(json.toString());
    assertThat(reply.status()).isEqualTo(400);
    assertThat(body(reply).lines().filter(l -> l.startsWith("entry with timestamp"))).hasSize(10);
    assertThat(body(reply))
        .contains("max entry size '10' bytes exceeded")
        .contains("total ignored: 15 out of 16 for stream: {app=\"x\"}")
        .contains("total ignored: 1 out of 1 for stream: {}");
    assertThat(stored)
        .containsExactly("{app=\"x\", service_name=\"x\"} 1 good {detected_level=unknown}");
    assertThat(
            meters
                .counter(
                    "foursight_distributor_rejected_items_total",
                    "signal",
                    "logs",
                    "reason",
                    "line_too_long")
                .count())
        .isEqualTo(15);
  }

  private static LogsWriteLimits limitsWithMaxLine(long max) {
    return limits(0, max, false, false);
  }

  private static LogsWriteLimits limits(
      double rateMb, long maxLine, boolean truncate, boolean old) {
    var d = LogsWriteLimits.defaults();
    return new LogsWriteLimits(
        rateMb,
        0,
        d.perStreamRateLimit(),
        d.perStreamRateLimitBurst(),
        new io.foursight.config.ByteSize(maxLine),
        truncate,
        3,
        d.maxLabelNameLength(),
        20,
        old,
        Duration.ofHours(1),
        d.creationGracePeriod(),
        false,
        true,
        new io.foursight.config.ByteSize(30),
        2,
        d.discoverServiceName(),
        d.discoverLogLevels(),
        d.logLevelFields(),
        2,
        d.otlpConfig());
  }

  @Test
  void agesLabelsAndMetadataHaveBounds() {
    limits = limits(0, 0, false, true);
    long nanos = NOW * 1_000_000;
    String values =
        "[\""
            + (nanos - 3_700_000_000_000L)
            + "\",\"old\"],[\""
            + (nanos + 700_000_000_000L)
            + "\",\"new\"],"
            + "[\""
            + nanos
            + "\",\"many\",{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}],"
            + "[\""
            + nanos
            + "\",\"large\",{\"a\":\"0123456789012345678901234567890\"}],"
            + "[\""
            + nanos
            + "\",\"ok\",{\"a.b\":\"1\"}]";
    HttpReply reply =
        pushJson(
            "{\"streams\":[{\"stream\":{\"app\":\"x\"},\"values\":["
                + values
                + "]},"
                + "{\"stream\":{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\",\"d\":\"4\"},\"values\":[[\""
                + nanos
                + "\",\"x\"]]},"
                + "{\"stream\":{\"a\":\"012345678901234567890\"},\"values\":[[\""
                + nanos
                + "\",\"x\"]]}]}");
    assertThat(reply.status()).isEqualTo(400);
    for (String reason :
        new String[] {
          "greater_than_max_sample_age", "too_far_in_future", "structured_metadata_too_many",
          "structured_metadata_too_large", "max_label_names_per_series", "label_value_too_long"
        }) {
      assertThat(
              meters
                  .counter(
                      "foursight_distributor_rejected_items_total",
                      "signal",
                      "logs",
                      "reason",
                      reason)
                  .count())
          .as(reason)
          .isEqualTo(1);
    }
    assertThat(stored)
        .containsExactly(
            "{app=\"x\", service_name=\"x\"} " + nanos + " ok {a.b=1, detected_level=unknown}");
  }

  @Test
  void longLinesAreCutAtACharacter() {
    limits = limits(0, 4, true, false);
    assertThat(
            pushJson(
                    "{\"streams\":[{\"stream\":{\"x\":\"y\"},\"values\":[[\"1\",\"abc\u00e9f\"],[\"2\",\"abcde\"]]}]}")
                .status())
        .isEqualTo(204);
    assertThat(stored)
        .containsExactly(
            "{service_name=\"unknown_service\", x=\"y\"} 1 abc {detected_level=unknown}",
            "{service_name=\"unknown_service\", x=\"y\"} 2 abcd {detected_level=unknown}");
  }

  @Test
  void overTheRateNothingIsStored() {
    limits = limits(0.00001, 0, false, false);
    HttpReply reply =
        pushJson(
            "{\"streams\":[{\"stream\":{\"x\":\"y\"},\"values\":[[\"1\",\"a line of more than ten"
                + " bytes\"]]}]}");
    assertThat(reply.status()).isEqualTo(429);
    assertThat(body(reply)).startsWith("ingestion rate limit exceeded for user anonymous");
    assertThat(reply.headers()).containsKey("retry-after");
    assertThat(stored).isEmpty();
  }

  @Test
  void severityAndLabelsGiveTheLevel() {
    pushJson(
        "{\"streams\":[{\"stream\":{\"level\":\"Error\"},\"values\":[[\"1\",\"info\"]]},"
            + "{\"stream\":{\"x\":\"y\"},\"values\":[[\"1\",\"info\",{\"severity_number\":\"17\"}],"
            + "[\"2\",\"info\",{\"detected_level\":\"mine\"}],[\"3\",\"info\",{\"severity\":\"DEBUG\"}]]}]}");
    assertThat(stored)
        .extracting(l -> l.replaceAll(".*detected_level=(\\w+).*", "$1"))
        .containsExactly("error", "error", "mine", "debug");
  }
}
