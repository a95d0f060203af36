package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is deleted is gone from every answer at once, from head and blocks, and then for good; what
/// is past its age goes by itself, by selector.
class LogsDeletionIT {
  private static final long NOW = System.currentTimeMillis() * 1_000_000;

  private static void push(FoursightProcess server, String app, long nanos, String line)
      throws Exception {
    String body =
        "{\"streams\":[{\"stream\":{\"app\":\"%s\"},\"values\":[[\"%d\",\"%s\"]]}]}"
            .formatted(app, nanos, line);
    var response =
        server.post(
            "/loki/api/v1/push",
            body.getBytes(StandardCharsets.UTF_8),
            "content-type",
            "application/json");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
  }

  private static void flush(FoursightProcess server) throws Exception {
    assertThat(server.post("/ingester/flush?wait=true", new byte[0]).statusCode()).isIn(200, 204);
  }

  private static List<String> lines(FoursightProcess server) throws Exception {
    return lines(server, "{app=~\".+\"}");
  }

  private static List<String> lines(FoursightProcess server, String query) throws Exception {
    try (var api = new LokiApi(server.url())) {
      return LokiApi.entries(
              api.get(
                      "query_range",
                      "query",
                      query,
                      "start",
                      String.valueOf(NOW - Duration.ofDays(20).toNanos()),
                      "limit",
                      "100")
                  .at("/data/result"))
          .stream()
          .map(LokiApi.Entry::line)
          .sorted()
          .toList();
    }
  }

  private static FoursightProcess quickly(FoursightProcess server) {
    return server
        .flag("compactor.compaction-interval", "200ms")
        .flag("compactor.first-level-compaction-wait", "0s")
        .flag("compactor.deletion-delay", "0s");
  }

  @Test
  void everythingDeleted_isGoneAtOnceAndForGood(@TempDir Path directory) throws Exception {
    try (var server = quickly(new FoursightProcess(directory)).start()) {
      push(server, "a", NOW - 3_000_000_000L, "in a block");
      flush(server);
      push(server, "b", NOW - 2_000_000_000L, "in the head");
      assertThat(lines(server)).containsExactly("in a block", "in the head");
      var accepted =
          server.post("/loki/api/v1/delete?query=%7Bapp%3D~%22.%2B%22%7D&start=0", new byte[0]);
      assertThat(accepted.statusCode()).isEqualTo(204);
      assertThat(lines(server)).isEmpty();
      flush(server);
      assertThat(lines(server)).isEmpty();
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(blockCount(directory)).isZero());
      push(server, "a", System.currentTimeMillis() * 1_000_000, "after the deletion");
      assertThat(lines(server)).containsExactly("after the deletion");
      server.kill();
      server.start();
      assertThat(lines(server)).containsExactly("after the deletion");
    }
  }

  /// OpenTelemetry's spelling of a label and of a field.
  @Test
  void dottedNames_nameWhatTheyNameInQueries(@TempDir Path directory) throws Exception {
    try (var server = quickly(new FoursightProcess(directory)).start()) {
      String body =
          """
          {"streams":[{"stream":{"service_name":"shop"},"values":[
            ["%d","kept",{"http_method":"GET"}],["%d","gone",{"http_method":"PUT"}]]}]}\
          """
              .formatted(NOW - 2, NOW - 1);
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      assertThat(
              server
                  .post("/loki/api/v1/push", bytes, "content-type", "application/json")
                  .statusCode())
          .isEqualTo(204);
      String query =
          URLEncoder.encode(
              "{service.name=\"shop\"} | http.method = \"PUT\"", StandardCharsets.UTF_8);
      var accepted = server.post("/loki/api/v1/delete?start=0&query=" + query, new byte[0]);
      assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(204);
      assertThat(lines(server, "{service_name=\"shop\"}")).containsExactly("kept");
      flush(server);
      assertThat(lines(server, "{service_name=\"shop\"}")).containsExactly("kept");
    }
  }

  private static long blockCount(Path directory) throws Exception {
    try (var files = Files.walk(directory.resolve("data"))) {
      return files.filter(p -> p.endsWith("meta.json") && p.toString().contains("logs")).count();
    }
  }

  @Test
  void whatIsPastItsAge_goesBySelector(@TempDir Path directory) throws Exception {
    Path overrides = directory.resolve("limits.yaml");
    Files.writeString(
        overrides,
        """
        limits:
          max_query_length: 0s
          retention_period: 240h
          retention_stream:
            - selector: '{app="short"}'
              priority: 1
              period: 48h
        """);
    long day = Duration.ofDays(1).toNanos();
    try (var server =
        quickly(new FoursightProcess(directory).flag("config.file", overrides.toString()))
            .start()) {
      push(server, "long", NOW - 12 * day, "long, past its age");
      push(server, "long", NOW - 5 * day, "long");
      push(server, "short", NOW - 5 * day, "short, past its age");
      push(server, "short", NOW - day / 2, "short");
      flush(server);
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(lines(server)).containsExactly("long", "short"));
    }
  }
}
