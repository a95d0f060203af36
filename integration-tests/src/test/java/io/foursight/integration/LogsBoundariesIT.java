package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lines that came out of order, some twice, and lie in a head and several blocks, answer every
/// endpoint as the same lines sent once in order of time; also after a restart.
class LogsBoundariesIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LINES = 4000;

  private record Line(String pod, long nanos, String text) {}

  private final long seed = Long.getLong("boundaries.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final long end = System.currentTimeMillis() / 1000 * 1_000_000_000L - 60_000_000_000L;
  private final long start = end - Duration.ofHours(11).toNanos();

  @Test
  void scatteredLines_answerAsSortedOnes(@TempDir Path directory) throws Exception {
    var lines = new ArrayList<Line>();
    long spacing = (end - start) / LINES;
    for (int i = 0; i < LINES; i++) {
      // Now and then several at one nanosecond, of one stream and of several.
      long nanos = start + (i % 11 == 0 ? i - 1 : i) * spacing;
      lines.add(new Line("p" + random.nextInt(5), nanos, "{\"n\":" + i + ",\"k\":" + i % 7 + "}"));
    }
    try (var scattered = new FoursightProcess(directory.resolve("scattered")).start();
        var sorted = new FoursightProcess(directory.resolve("sorted")).start()) {
      push(sorted, lines);
      var shuffled = new ArrayList<>(lines);
      Collections.shuffle(shuffled, random);
      int pieces = 0;
      for (int from = 0; from < LINES; pieces++) {
        int to = Math.min(LINES, from + 1 + random.nextInt(300));
        push(scattered, shuffled.subList(from, to));
        if (random.nextInt(5) == 0) {
          push(scattered, shuffled.subList(from, to));
        }
        if (pieces % 8 == 5) {
          assertThat(scattered.post("/ingester/flush?wait=true", new byte[0]).statusCode())
              .isIn(200, 204);
          // A request that is sent again after its first copy has left the head.
          push(scattered, shuffled.subList(from, to));
        }
        from = to;
      }
      compare(sorted, scattered, "while running");
      scattered.stop();
      scattered.start();
      compare(sorted, scattered, "after a restart");
    }
  }

  private static void push(FoursightProcess server, List<Line> lines) throws Exception {
    ObjectNode body = JSON.createObjectNode();
    var streams = body.putArray("streams");
    for (Line line : lines) {
      ObjectNode stream = streams.addObject();
      stream.putObject("stream").put("app", "edge").put("pod", line.pod);
      stream
          .putArray("values")
          .addArray()
          .add(String.valueOf(line.nanos))
          .add(line.text)
          .addObject()
          .put("odd", String.valueOf(line.nanos % 2));
    }
    var response =
        server.post(
            "/loki/api/v1/push", JSON.writeValueAsBytes(body), "content-type", "application/json");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
  }

  private void compare(FoursightProcess expected, FoursightProcess actual, String when)
      throws Exception {
    for (String query :
        List.of(
            "{app=\"edge\"}",
            "{app=\"edge\", pod=~\"p[12]\"} |= \"3\" | json | k > 2",
            "sum by (pod) (count_over_time({app=\"edge\"}[1h]))",
            "sum(rate({app=\"edge\"} | json | k = \"3\" [30m]))",
            "sum by (k) (sum_over_time({app=\"edge\"} | json | unwrap n [2h]))",
            "sum by (odd) (bytes_over_time({app=\"edge\"}[3h]))")) {
      for (String direction : List.of("forward", "backward")) {
        for (int limit : new int[] {5000, 37}) {
          String path =
              "/loki/api/v1/query_range?limit="
                  + limit
                  + "&direction="
                  + direction
                  + "&step=300&query="
                  + URLEncoder.encode(query, StandardCharsets.UTF_8);
          String what = "seed " + seed + " " + when + ": " + query + " " + direction;
          JsonNode wanted = ask(expected, path).at("/data/result");
          assertThat(wanted).as(what).isNotEmpty();
          assertThat(values(ask(actual, path).at("/data/result"), limit < LINES))
              .as(what)
              .isEqualTo(values(wanted, limit < LINES));
        }
      }
    }
    String selector = "query=" + URLEncoder.encode("{app=\"edge\"}", StandardCharsets.UTF_8);
    for (String path :
        List.of("labels?", "label/pod/values?", "series?match[]=%7Bapp=%22edge%22%7D&")) {
      JsonNode wanted = ask(expected, "/loki/api/v1/" + path + selector);
      assertThat(wanted.get("data")).isNotEmpty();
      assertThat(ask(actual, "/loki/api/v1/" + path + selector)).as(path).isEqualTo(wanted);
    }
  }

  /// Which of several lines of one nanosecond a limit cuts off is anybody's choice: then times.
  private static List<String> values(JsonNode result, boolean timesOnly) {
    var values = new ArrayList<String>();
    for (JsonNode series : result) {
      boolean isMatrix = series.has("metric");
      String labels = isMatrix ? series.get("metric").toString() : series.get("stream").toString();
      for (JsonNode value : series.get("values")) {
        values.add(
            timesOnly && !isMatrix
                ? value.get(0).asText()
                : labels + " " + value.get(0).asText() + " " + value.get(1).asText());
      }
    }
    Collections.sort(values);
    return values;
  }

  private JsonNode ask(FoursightProcess server, String path) throws Exception {
    var response = server.get(path + "&start=" + start + "&end=" + (end + 1));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }
}
