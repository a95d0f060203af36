package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.xerial.snappy.Snappy;

/// Malformed, oversized and absurd input gets the status that upstream gives and a message; the
/// server goes on and what was stored stays.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputIT {
  private Path directory;
  private FoursightProcess server;
  private PrometheusApi api;
  private long now;

  @BeforeAll
  void start(@TempDir Path shared) throws Exception {
    directory = shared;
    server = new FoursightProcess(directory.resolve("server")).start();
    api = new PrometheusApi(server.url() + "/prometheus");
    now = System.currentTimeMillis();
    assertThat(push(new WriteRequest().sample(Map.of("__name__", "witness"), now, 42)))
        .isIn(200, 204);
  }

  @AfterEach
  void theServerGoesOn_andKeepsWhatItHad() throws Exception {
    assertThat(server.get("/ready").statusCode()).isEqualTo(200);
    var answer = api.query("witness", now / 1000.0 + 1);
    assertThat(answer.result().path(0).path("value").path(1).asText()).isEqualTo("42");
  }

  @AfterAll
  void stop() {
    api.close();
    server.close();
  }

  @Test
  void corruptBodies_are400() throws Exception {
    byte[] good = new WriteRequest().sample(Map.of("__name__", "x"), now, 1).snappy();
    assertThat(raw(Arrays.copyOf(good, good.length / 2))).isEqualTo(400);
    assertThat(raw(new byte[] {1, 2, 3, 4, 5})).isEqualTo(400);
    assertThat(raw(Snappy.compress("not protobuf at all, surely".getBytes(StandardCharsets.UTF_8))))
        .isEqualTo(400);
    byte[] truncated = new WriteRequest().sample(Map.of("__name__", "x"), now, 1).protobuf();
    assertThat(raw(Snappy.compress(Arrays.copyOf(truncated, truncated.length - 3)))).isEqualTo(400);
  }

  @Test
  void aDeclaredSizeOfGigabytes_isRefusedWithoutAllocating() throws Exception {
    // A Snappy preamble that promises 4 GiB - 1.
    assertThat(raw(new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 0}))
        .isIn(400, 413);
  }

  @Test
  void decompressionBombs_areRefused() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      var zeros = new byte[1 << 20];
      for (int i = 0; i < 400; i++) {
        gzip.write(zeros);
      }
    }
    var response =
        server.post(
            "/otlp/v1/metrics",
            bytes.toByteArray(),
            "Content-Type",
            "application/x-protobuf",
            "Content-Encoding",
            "gzip");
    assertThat(response.statusCode()).isEqualTo(413);
  }

  @Test
  void unknownEncodingsAndTypes_areRefused() throws Exception {
    byte[] good = new WriteRequest().sample(Map.of("__name__", "x"), now, 1).snappy();
    assertThat(
            server
                .post(
                    "/otlp/v1/metrics",
                    good,
                    "Content-Type",
                    "application/x-protobuf",
                    "Content-Encoding",
                    "rot13")
                .statusCode())
        .isEqualTo(415);
    assertThat(server.post("/otlp/v1/metrics", good, "Content-Type", "text/csv").statusCode())
        .isEqualTo(415);
    assertThat(
            server
                .post(
                    "/api/v1/push",
                    good,
                    "Content-Type",
                    "application/x-protobuf;proto=io.example.Nothing",
                    "Content-Encoding",
                    "snappy")
                .statusCode())
        .isIn(400, 415);
    assertThat(server.get("/api/v1/push").statusCode()).isEqualTo(405);
  }

  @Test
  void bodiesPastTheBound_areRefusedWithIt() throws Exception {
    byte[] large = new byte[(100 << 20) + 1];
    var push = server.post("/api/v1/push", large, "Content-Type", "application/x-protobuf");
    assertThat(push.statusCode()).as(push.body()).isIn(400, 413);
    assertThat(push.body()).contains("104857600");
    var otlp = server.post("/otlp/v1/metrics", large, "Content-Type", "application/x-protobuf");
    assertThat(otlp.statusCode()).as(otlp.body()).isEqualTo(413);
  }

  @Test
  void badSeries_are400_andTheGoodOnesOfTheBatchAreKept() throws Exception {
    var labels = new HashMap<String, String>();
    labels.put("__name__", "listedvalue");
    labels.put("l", "v".repeat(100_000));
    var request =
        new WriteRequest()
            .sample(Map.of("__name__", "kept_beside_bad"), now, 7)
            .sample(labels, now, 1)
            .sample(Map.of("no_name", "x"), now, 1)
            .sample(Map.of("__name__", "far_future"), Long.MAX_VALUE, 1)
            .sample(Map.of("__name__", "far_past"), Long.MIN_VALUE, 1);
    var response = server.post("/api/v1/push", request.snappy(), WriteRequest.HEADERS);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    var answer = api.query("kept_beside_bad", now / 1000.0 + 1);
    assertThat(answer.result().path(0).path("value").path(1).asText()).isEqualTo("7");
    assertThat(api.query("{__name__=~\"far_future|listedvalue\"}", now / 1000.0 + 1).result())
        .isEmpty();
  }

  @Test
  void strangeLabels_areOrderedOrRefused_andTheGoodSeriesKept() throws Exception {
    var body = new ByteArrayOutputStream();
    body.writeBytes(series("__name__", "odd_unsorted", "z", "1", "a", "2"));
    body.writeBytes(series("__name__", "odd_twice", "a", "1", "a", "2"));
    body.writeBytes(series("__name__", "odd_empty_value", "a", ""));
    body.writeBytes(series("__name__", "odd_empty_name", "", "x"));
    body.writeBytes(series("__name__", "", "a", "no name"));
    body.writeBytes(series("__name__", "odd_bytes", "a", "\u00ff\u00fe"));
    var response =
        server.post("/api/v1/push", Snappy.compress(body.toByteArray()), WriteRequest.HEADERS);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    var found = api.query("{__name__=~\"odd_.*\"}", now / 1000.0 + 1).result();
    assertThat(found.findValuesAsText("__name__"))
        .containsExactlyInAnyOrder("odd_unsorted", "odd_empty_value");
    for (var series : found) {
      if (series.path("metric").path("__name__").asText().equals("odd_unsorted")) {
        assertThat(series.path("metric").path("a").asText()).isEqualTo("2");
        assertThat(series.path("metric").path("z").asText()).isEqualTo("1");
      } else {
        assertThat(series.path("metric").has("a")).isFalse();
      }
    }
  }

  /// A series with one sample at `now`; texts are taken as Latin-1, so that they need not be UTF-8.
  private byte[] series(String... pairs) {
    var series = new ByteArrayOutputStream();
    for (int i = 0; i < pairs.length; i += 2) {
      var label = new ByteArrayOutputStream();
      for (int part = 0; part < 2; part++) {
        byte[] text = pairs[i + part].getBytes(StandardCharsets.ISO_8859_1);
        label.write(part == 0 ? 0x0a : 0x12);
        label.write(text.length);
        label.writeBytes(text);
      }
      series.write(0x0a);
      series.write(label.size());
      series.writeBytes(label.toByteArray());
    }
    var sample = new ByteArrayOutputStream();
    sample.writeBytes(new byte[] {0x09, 0, 0, 0, 0, 0, 0, (byte) 0xf0, 0x3f, 0x10});
    for (long rest = now; ; rest >>>= 7) {
      sample.write((int) (rest < 128 ? rest : rest & 0x7f | 0x80));
      if (rest < 128) {
        break;
      }
    }
    series.write(0x12);
    series.write(sample.size());
    series.writeBytes(sample.toByteArray());
    var all = new ByteArrayOutputStream();
    all.write(0x0a);
    all.write(series.size());
    all.writeBytes(series.toByteArray());
    return all.toByteArray();
  }

  @Test
  void strangeValues_comeBackAsTheyWere_andAStaleMarkerEndsItsSeries() throws Exception {
    double stale = Double.longBitsToDouble(0x7ff0000000000002L);
    long[] times = {now - 3000, now - 2000, now - 1000, now};
    double[] values = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, stale};
    assertThat(push(new WriteRequest().series(Map.of("__name__", "strange_values"), times, values)))
        .isIn(200, 204);
    String[] shown = {"NaN", "+Inf", "-Inf"};
    for (int i = 0; i < shown.length; i++) {
      var answer = api.query("strange_values", times[i] / 1000.0);
      assertThat(answer.result().path(0).path("value").path(1).asText()).isEqualTo(shown[i]);
    }
    assertThat(api.query("strange_values", now / 1000.0).result()).isEmpty();
  }

  @Test
  void damagedGzip_is400() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(new byte[10_000]);
    }
    byte[] damaged = bytes.toByteArray();
    damaged[damaged.length / 2] ^= 0x55;
    for (byte[] body : List.of(damaged, Arrays.copyOf(damaged, damaged.length - 9))) {
      var response =
          server.post(
              "/otlp/v1/metrics",
              body,
              "Content-Type",
              "application/x-protobuf",
              "Content-Encoding",
              "gzip");
      assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    }
  }

  @Test
  void selectorsOfEverything_andLongExpressions_areAnsweredOrRefused() throws Exception {
    double at = now / 1000.0 + 1;
    assertThat(api.queryRange("{__name__=~\".+\"}", at - 1000, at, 1).status()).isEqualTo(200);
    assertThat(api.query("count({__name__!=\"\"}[10000d:1h])", at).status()).isIn(400, 422);
    String words = "a".repeat(10) + "|";
    var listed = api.query("{__name__=~\"" + words.repeat(10_000) + "witness\"}", at);
    assertThat(listed.result()).as(listed.json().path("error").asText()).hasSize(1);
  }

  @Test
  void badTenants_areRefused() throws Exception {
    var strict =
        new FoursightProcess(directory.resolve("tenants")).flag("multitenancy-enabled", "true");
    try (strict) {
      strict.start();
      assertThat(strict.get("/prometheus/api/v1/labels").statusCode()).isEqualTo(401);
      byte[] good = new WriteRequest().sample(Map.of("__name__", "x"), now, 1).snappy();
      for (String tenant : List.of("a/b", "..", ".", "a|b", "x".repeat(200), "ümlaut")) {
        try {
          var response =
              strict.post(
                  "/api/v1/push",
                  good,
                  "Content-Type",
                  "application/x-protobuf",
                  "Content-Encoding",
                  "snappy",
                  "X-Scope-OrgID",
                  tenant);
          assertThat(response.statusCode()).as(tenant).isIn(400, 401, 422);
        } catch (IllegalArgumentException clientRefusedIt) {
          assertThat(tenant).isEqualTo("ümlaut");
        }
      }
    }
  }

  /// No client library sends it; a socket does.
  @Test
  void aTenantWithALineBreak_isNoTenant() throws Exception {
    for (String header : List.of("a\nb", "a\r\n b", "a\u0000b", "a\u000bb")) {
      String request =
          "GET /prometheus/api/v1/labels HTTP/1.1\r\n"
              + "Host: x\r\n"
              + "Connection: close\r\n"
              + "X-Scope-OrgID: "
              + header
              + "\r\n\r\n";
      try (var socket = new Socket("127.0.0.1", URI.create(server.url()).getPort())) {
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        String answer =
            new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        // With one tenant for all the header does not matter; it must not break anything either.
        assertThat(answer).doesNotStartWith("HTTP/1.1 5");
      }
    }
  }

  @Test
  void absurdQueries_areRefusedQuickly() throws Exception {
    double at = now / 1000.0;
    assertThat(api.query("1" + " + 1".repeat(10_000), at).result().path(1).asText())
        .isEqualTo("10001");
    assertThat(api.query("witness" + " or witness".repeat(2_000), at + 1).result()).hasSize(1);
    assertThat(api.query("(".repeat(20_000) + "1" + ")".repeat(20_000), at).status())
        .isEqualTo(200);
    var tooDeep = api.query("(".repeat(40_000) + "1" + ")".repeat(40_000), at);
    assertThat(tooDeep.status()).isEqualTo(400);
    assertThat(tooDeep.json().path("error").asText()).contains("deeper than 25000 levels");
    String nested = "max_over_time(".repeat(1_000) + "witness" + "[1m:1m])".repeat(1_000);
    assertThat(api.query(nested, at).status()).isEqualTo(200);
    assertThat(api.query("(" + "-{}-1".repeat(10_000) + ")" + "[1m:]".repeat(1_000), at).status())
        .isEqualTo(400);
    assertThat(api.query("witness" + "[1m:]".repeat(1_000), at).status()).isEqualTo(400);
    assertThat(api.query("{__name__=~\"" + "(a|b)*c".repeat(15_000) + "\"}", at).status())
        .isIn(200, 400, 422);
    assertThat(api.query("{__name__=~\".*a.{500}\"}", at).status()).isIn(200, 400, 422);
    var steps = api.queryRange("witness", 0, 1e9, 1);
    assertThat(steps.status()).isEqualTo(400);
    assertThat(steps.json().path("error").asText()).contains("11,000 points");
    for (String time :
        List.of("9223372036854775807", "-9223372036854775808", "1e300", "-1e300", "NaN", "Inf")) {
      assertThat(api.get("/api/v1/query?query=witness&time=" + time).status())
          .as(time)
          .isIn(200, 400, 422);
      assertThat(
              api.get("/api/v1/query_range?query=witness&step=1&start=" + time + "&end=" + time)
                  .status())
          .as(time)
          .isIn(200, 400, 422);
      assertThat(api.get("/api/v1/series?match[]=witness&start=" + time).status())
          .as(time)
          .isIn(200, 400, 422);
    }
    assertThat(api.queryRange("witness", at, at - 10, 1).status()).isEqualTo(400);
    assertThat(api.queryRange("witness", at - 10, at, 0).status()).isEqualTo(400);
    assertThat(api.query("{}", at).status()).isEqualTo(400);
    assertThat(api.query("{__name__!=\"\"}", at).status()).isEqualTo(200);
    assertThat(api.query("sum(", at).json().path("errorType").asText()).isEqualTo("bad_data");
    assertThat(api.get("/api/v1/query").status()).isEqualTo(400);
    assertThat(api.get("/api/v1/series").status()).isEqualTo(400);
  }

  @Test
  void aTakenPort_isNamedWithTheFlagThatMovesIt() throws IOException, InterruptedException {
    try (var taken = new ServerSocket(0);
        var second =
            new FoursightProcess(directory.resolve("second"))
                .flag("server.http-listen-port", String.valueOf(taken.getLocalPort()))) {
      Process process = second.launch();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isNotZero();
      assertThat(second.logText())
          .contains(String.valueOf(taken.getLocalPort()))
          .contains("-server.http-listen-port");
    }
  }

  @Test
  void aDataDirectoryThatCannotBe_isNamed() throws IOException, InterruptedException {
    Path file = Files.writeString(directory.resolve("a-file"), "not a directory");
    try (var stuck =
        new FoursightProcess(directory.resolve("stuck"))
            .flag("storage.data-dir", file.resolve("data").toString())) {
      Process process = stuck.launch();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isNotZero();
      assertThat(stuck.logText()).contains(file.toString());
    }
  }

  @Test
  void aSecondServerOnTheSameData_isRefused() throws IOException, InterruptedException {
    try (var second =
        new FoursightProcess(directory.resolve("third"))
            .flag("storage.data-dir", server.dataDirectory().toString())) {
      Process process = second.launch();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isNotZero();
      assertThat(second.logText()).contains(server.dataDirectory().toString());
    }
  }

  @Test
  void anUnknownFlag_isNamedWithTheNearestKnownOne() throws IOException, InterruptedException {
    try (var typo =
        new FoursightProcess(directory.resolve("typo")).flag("server.http-listen-prot", "1")) {
      Process process = typo.launch();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isNotZero();
      assertThat(typo.logText()).contains("server.http-listen-port");
    }
  }

  private int push(WriteRequest request) throws Exception {
    return server.post("/api/v1/push", request.snappy(), WriteRequest.HEADERS).statusCode();
  }

  private int raw(byte[] body) throws Exception {
    return server.post("/api/v1/push", body, WriteRequest.HEADERS).statusCode();
  }
}
