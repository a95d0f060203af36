package io.foursight.integration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.foursight.wire.protobuf.ProtoWriter;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.xerial.snappy.Snappy;

/// Malformed, oversized and absurd logs get the status that upstream gives and a message; the
/// server goes on and what was stored stays.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LogsBadInputIT {
  private final HttpClient http = HttpClient.newHttpClient();
  private final long now = System.currentTimeMillis() * 1_000_000;
  private FoursightProcess server;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    server = new FoursightProcess(directory.resolve("server")).start();
    assertThat(json(stream("witness", "[\"" + now + "\",\"seen\"]")).statusCode()).isEqualTo(204);
  }

  @AfterEach
  void theServerGoesOn_andKeepsWhatItHad() throws Exception {
    assertThat(server.get("/ready").statusCode()).isEqualTo(200);
    assertThat(query("{app=\"witness\"}")).contains("\"seen\"");
  }

  @AfterAll
  void stop() {
    http.close();
    server.close();
  }

  private String query(String logql) throws Exception {
    HttpResponse<String> answer =
        server.get(
            "/loki/api/v1/query_range?query="
                + URLEncoder.encode(logql, UTF_8)
                + "&start="
                + (now - 3_600_000_000_000L)
                + "&end="
                + (now + 60_000_000_000L));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private static String stream(String app, String values) {
    return "{\"streams\":[{\"stream\":{\"app\":\"" + app + "\"},\"values\":[" + values + "]}]}";
  }

  private HttpResponse<String> json(String body) throws Exception {
    return push("/loki/api/v1/push", body.getBytes(UTF_8), "application/json", "");
  }

  private HttpResponse<String> push(String path, byte[] body, String type, String encoding)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (!type.isEmpty()) {
      request.header("content-type", type);
    }
    if (!encoding.isEmpty()) {
      request.header("content-encoding", encoding);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static byte[] message(String labels, long time, byte[] line) {
    var out = new ProtoWriter();
    int stream = out.begin(1);
    out.string(1, labels);
    int entry = out.begin(2);
    int at = out.begin(1);
    out.varint(1, time / 1_000_000_000);
    out.varint(2, time % 1_000_000_000);
    out.end(at);
    out.bytes(2, line);
    out.end(entry);
    out.end(stream);
    return out.toByteArray();
  }

  @Test
  void corruptBodies_are400() throws Exception {
    var random = new Random(1);
    for (int i = 0; i < 30; i++) {
      var garbage = new byte[random.nextInt(300)];
      random.nextBytes(garbage);
      assertThat(push("/loki/api/v1/push", garbage, "application/x-protobuf", "").statusCode())
          .isIn(400, 413, 422);
      assertThat(push("/otlp/v1/logs", garbage, "application/x-protobuf", "").statusCode())
          .isIn(200, 400, 413);
    }
    for (String text : new String[] {"", "{", "[]", "{\"streams\":[{\"stream\":1}]}", "nul"}) {
      assertThat(json(text).statusCode()).as(text).isEqualTo(400);
    }
    assertThat(json("{\"streams\":[]}").statusCode()).isEqualTo(422);
    assertThat(push("/loki/api/v1/push", new byte[] {1}, "", "").statusCode()).isEqualTo(400);
    assertThat(push("/loki/api/v1/push", new byte[] {1}, "a/b", "br").statusCode()).isEqualTo(400);
    assertThat(push("/otlp/v1/logs", new byte[] {1}, "text/plain", "").statusCode()).isEqualTo(415);
  }

  @Test
  void aLineOfTenMegabytes_isRefusedAndItsNeighboursAreStored() throws Exception {
    String values =
        "[\"" + now + "\",\"" + "x".repeat(10 << 20) + "\"],[\"" + now + "\",\"beside the giant\"]";
    HttpResponse<String> reply = json(stream("giant", values));
    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(reply.body())
        .contains("max entry size '262144' bytes exceeded")
        .contains("total ignored: 1 out of 2 for stream");
    assertThat(query("{app=\"giant\"}")).contains("beside the giant").doesNotContain("xxx");
  }

  @Test
  void tenThousandLabels_areRefusedBriefly() throws Exception {
    var labels = new StringBuilder("{\"streams\":[{\"stream\":{");
    for (int i = 0; i < 10_000; i++) {
      labels.append(i > 0 ? "," : "").append("\"l").append(i).append("\":\"v\"");
    }
    HttpResponse<String> reply = json(labels + "},\"values\":[[\"" + now + "\",\"x\"]]}]}");
    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(reply.body()).contains("has 10000 label names; limit").hasSizeLessThan(10_000);
  }

  @Test
  void binaryGarbageAsALine_isStoredAsItIs() throws Exception {
    var garbage = new byte[1000];
    new Random(2).nextBytes(garbage);
    byte[] body = Snappy.compress(message("{app=\"binary\"}", now, garbage));
    assertThat(push("/loki/api/v1/push", body, "application/x-protobuf", "").statusCode())
        .isEqualTo(204);
    assertThat(query("sum(bytes_over_time({app=\"binary\"}[1h]))")).contains("\"1000\"");
  }

  @Test
  void bombs_are413() throws Exception {
    var gzip = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(gzip)) {
      var zeros = new byte[1 << 20];
      for (int i = 0; i < 400; i++) {
        out.write(zeros);
      }
    }
    assertThat(
            push("/loki/api/v1/push", gzip.toByteArray(), "application/json", "gzip").statusCode())
        .isEqualTo(413);
  }

  @Test
  void deletesOfEverything_hideAtOnce_andNonsenseIs400() throws Exception {
    assertThat(json(stream("doomed", "[\"" + now + "\",\"gone soon\"]")).statusCode())
        .isEqualTo(204);
    assertThat(query("{app=\"doomed\"}")).contains("gone soon");
    for (String bad :
        new String[] {
          "",
          "query=nonsense&start=0",
          "query=%7Bapp%3D%22doomed%22%7D",
          "query=%7Bapp%3D%22doomed%22%7D&start=5&end=1",
          "query=%7Bapp%3D%22doomed%22%7D&start=0&end=9999999999",
          "query=%7Bapp%3D%22doomed%22%7D&start=x"
        }) {
      assertThat(server.post("/loki/api/v1/delete?" + bad, new byte[0]).statusCode())
          .as(bad)
          .isEqualTo(400);
    }
    HttpResponse<String> accepted =
        server.post("/loki/api/v1/delete?query=%7Bapp%3D~%22doom.%2B%22%7D&start=0", new byte[0]);
    assertThat(accepted.statusCode()).isEqualTo(204);
    assertThat(accepted.headers().firstValue("x-delete-request-id")).isPresent();
    assertThat(query("{app=\"doomed\"}")).doesNotContain("gone soon");
    assertThat(query("sum(count_over_time({app=\"doomed\"}[1h]))")).contains("\"result\":[]");
    assertThat(server.get("/loki/api/v1/delete").body())
        .startsWith("[{\"request_id\":\"")
        .contains("\"status\":\"received\"");
  }

  /// Every door that takes logs, with every body that is none.
  @Test
  void corruptBodies_areRefusedAtEveryDoor() throws Exception {
    var random = new Random(3);
    byte[] good = Snappy.compress(message("{app=\"cut\"}", now, "cut off".getBytes(UTF_8)));
    for (String door : List.of("/loki/api/v1/push", "/otlp/v1/logs", "/v1/logs")) {
      for (int i = 0; i < 8; i++) {
        var garbage = new byte[1 + random.nextInt(500)];
        random.nextBytes(garbage);
        // A field number of zero is no protobuf, whatever follows.
        garbage[0] = 0;
        for (String encoding : List.of("", "gzip")) {
          assertThat(push(door, garbage, "application/x-protobuf", encoding).statusCode())
              .as(door + " " + encoding)
              .isIn(400, 404, 413);
        }
      }
      assertThat(push(door, new byte[] {1, 2}, "application/x-protobuf", "rot13").statusCode())
          .as(door)
          .isIn(400, 404, 415);
    }
    for (int length = 1; length < good.length; length += 3) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThat(push("/loki/api/v1/push", cut, "application/x-protobuf", "").statusCode())
          .as("cut at " + length)
          .isEqualTo(400);
    }
    // Four gigabytes, it says.
    byte[] liar = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 0, 1};
    assertThat(push("/loki/api/v1/push", liar, "application/x-protobuf", "").statusCode())
        .isIn(400, 413);
    for (String text : List.of("{", "[]", "{\"resourceLogs\":5}", "\u0000")) {
      assertThat(push("/otlp/v1/logs", text.getBytes(UTF_8), "application/json", "").statusCode())
          .as(text)
          .isEqualTo(400);
    }
  }

  @Test
  void timesAtBothEndsOf64Bits_areStoredOrRefusedButNeverHarm() throws Exception {
    for (String time :
        List.of(
            "-9223372036854775808",
            "-1",
            "0",
            "9223372036854775807",
            "9223372036854775808",
            "1e18",
            "",
            "x")) {
      assertThat(json(stream("ends", "[\"" + time + "\",\"x\"]")).statusCode())
          .as(time)
          .isIn(204, 400);
    }
    for (String range :
        List.of(
            "&start=-9223372036854775808&end=9223372036854775807",
            "&start=0&end=1",
            "&start=9223372036854775806&end=9223372036854775807",
            "&start=-9223372036854775808&end=-9223372036854775807")) {
      for (String path :
          List.of(
              "query_range?query=%7Bapp=%22ends%22%7D",
              "query_range?query=rate(%7Bapp=%22ends%22%7D%5B5m%5D)",
              "index/volume_range?query=%7Bapp=%22ends%22%7D",
              "patterns?query=%7Bapp=%22ends%22%7D",
              "labels?x=y",
              "detected_fields?query=%7Bapp=%22ends%22%7D")) {
        assertThat(server.get("/loki/api/v1/" + path + range).statusCode())
            .as(path + range)
            .isIn(200, 400);
      }
    }
    assertThat(
            server
                .get(
                    "/loki/api/v1/query?query=rate(%7Bapp=%22ends%22%7D%5B5m%5D)"
                        + "&time=9223372036854775807")
                .statusCode())
        .isIn(200, 400);
  }

  @Test
  void linesThatAreNoJsonOrLogfmt_areKeptWithTheirError() throws Exception {
    String values = "[\"%d\",\"{\\\"a\\\":\"],[\"%d\",\"a=b \\\"=c d\"]".formatted(now, now + 1);
    assertThat(json(stream("broken", values)).statusCode()).isEqualTo(204);
    assertThat(query("{app=\"broken\"} | json")).contains("\"__error__\":\"JSONParserErr\"");
    assertThat(query("{app=\"broken\"} | json | __error__=\"\"")).contains("\"result\":[]");
    assertThat(query("{app=\"broken\"} | logfmt --strict")).contains("LogfmtParserErr");
    HttpResponse<String> failed =
        server.get(
            "/loki/api/v1/query?query="
                + URLEncoder.encode("sum(count_over_time({app=\"broken\"} | json [1h]))", UTF_8));
    assertThat(failed.statusCode()).isEqualTo(400);
    assertThat(failed.body()).contains("pipeline error: 'JSONParserErr'");
  }

  @Test
  void absurdQueries_areAnsweredOrRefusedInTime() throws Exception {
    String line = "a".repeat(5000) + "!";
    assertThat(json(stream("slow", "[\"" + now + "\",\"" + line + "\"]")).statusCode())
        .isEqualTo(204);
    long begun = System.nanoTime();
    for (String query :
        List.of(
            "{app=\"slow\"} |~ \"(a+)+$\"",
            "{app=\"slow\"} |~ \"(a|aa)+b\"",
            "{app=\"slow\"} | regexp \"(?P<x>(a*)*)*b\"",
            "{app=~\"((s+)+l*)+ow!\"}",
            "{app=\"slow\"} |~ \"" + "(".repeat(2000) + "a" + ")".repeat(2000) + "\"",
            "{app=\"slow\"} |~ \"(a{1,1000}){1,1000}\"",
            "{app=\"slow\"} " + "| json ".repeat(2000),
            "{app=\"slow\"} | a=\"b\"" + " or (a=\"c\"".repeat(500) + ")".repeat(500))) {
      HttpResponse<String> answer =
          server.post(
              "/loki/api/v1/query_range",
              ("query=" + URLEncoder.encode(query, UTF_8)).getBytes(UTF_8),
              "content-type",
              "application/x-www-form-urlencoded");
      assertThat(answer.statusCode())
          .as(query.substring(0, Math.min(80, query.length())) + ": " + answer.body())
          .isIn(200, 400, 413, 422);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(60));
    HttpResponse<String> many =
        server.get("/loki/api/v1/query_range?query=%7Bapp=%22slow%22%7D&limit=1000000000");
    assertThat(many.statusCode()).isEqualTo(400);
    assertThat(many.body()).contains("max entries limit per query exceeded");
  }

  /// A client that opens a tail and never reads does not hold up writers, nor fill the memory.
  @Test
  void tailsThatNeverRead_areDroppedAndWritersGoOn() throws Exception {
    var uri =
        URI.create(
            server.url().replace("http://", "ws://")
                + "/loki/api/v1/tail?query=%7Bapp=%22flood%22%7D");
    // It asks for no message after the first: what is sent stays in the buffers of the network.
    WebSocket deaf =
        http.newWebSocketBuilder()
            .buildAsync(
                uri,
                new WebSocket.Listener() {
                  @Override
                  public void onOpen(WebSocket socket) {}
                })
            .join();
    String line = "y".repeat(100_000);
    for (int i = 0; i < 120; i++) {
      String values =
          "[\"%d\",\"%s\"],[\"%d\",\"%s\"]".formatted(now + 2 * i, line, now + 2 * i + 1, line);
      assertThat(json(stream("flood", values)).statusCode()).isEqualTo(204);
    }
    deaf.abort();
    assertThat(query("sum(count_over_time({app=\"flood\"}[1h]))")).contains("\"240\"");
  }

  /// One that reads again after it was too slow is told what it has missed.
  @Test
  void slowTails_areToldWhatTheyMissed() throws Exception {
    var text = new StringBuffer();
    var slow =
        http.newWebSocketBuilder()
            .buildAsync(
                URI.create(
                    server.url().replace("http://", "ws://")
                        + "/loki/api/v1/tail?query=%7Bapp=%22slow%22%7D"),
                new WebSocket.Listener() {
                  @Override
                  public void onOpen(WebSocket socket) {}

                  @Override
                  public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean l) {
                    text.append(part);
                    socket.request(1);
                    return null;
                  }
                })
            .join();
    String line = "z".repeat(200_000);
    long time = now;
    double before = dropped();
    while (dropped() == before) {
      assertThat(json(stream("slow", "[\"" + time++ + "\",\"" + line + "\"]")).statusCode())
          .isEqualTo(204);
    }
    slow.request(1);
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(text.toString())
                .contains("\"dropped_entries\":[{\"timestamp\":\"")
                .contains("\"labels\":{\"app\":\"slow\""));
    slow.abort();
  }

  private double dropped() throws Exception {
    return server
        .get("/metrics")
        .body()
        .lines()
        .filter(l -> l.startsWith("foursight_ingester_tail_dropped"))
        .mapToDouble(l -> Double.parseDouble(l.substring(l.lastIndexOf(' ') + 1)))
        .sum();
  }
}
