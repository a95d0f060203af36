package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A query over the head, several blocks, compacted or not, and data that came out of order equals
/// the same query over the same samples written once, in order, to a server that never flushed.
class BoundariesIT {
  private static final List<String> QUERIES =
      List.of(
          "edge",
          "sum(rate(edge[5m]))",
          "max_over_time(edge[3h])",
          "count_over_time(edge[1h])",
          "sum by (n) (increase(edge[2h]))",
          "last_over_time(edge[30m]) - edge offset 2h",
          "count(edge)");

  @Test
  void scatteredSamples_answerAsOneSortedSeries(@TempDir Path directory) throws Exception {
    long seed = Long.getLong("boundaries.seed", System.nanoTime());
    var random = new Random(seed);
    long end = System.currentTimeMillis() / 1000 * 1000 - 60_000;
    long start = end - Duration.ofHours(11).toMillis();
    try (var scattered = new FoursightProcess(directory.resolve("scattered")).start();
        var sorted = new FoursightProcess(directory.resolve("sorted")).start();
        var scatteredApi = new PrometheusApi(scattered.url() + "/prometheus");
        var sortedApi = new PrometheusApi(sorted.url() + "/prometheus")) {
      var pieces = new ArrayList<WriteRequest>();
      var whole = new WriteRequest();
      for (int n = 0; n < 5; n++) {
        var labels = Map.of("__name__", "edge", "n", String.valueOf(n));
        int size = (int) ((end - start) / 15_000);
        var timestamps = new long[size];
        var values = new double[size];
        double value = 0;
        for (int i = 0; i < size; i++) {
          timestamps[i] = start + i * 15_000L + (i % 7 == 0 ? 1 : 0);
          value = random.nextInt(300) == 0 ? 0 : value + random.nextInt(100);
          values[i] = value;
        }
        whole.series(labels, timestamps, values);
        for (int from = 0; from < size; ) {
          int to = Math.min(size, from + 1 + random.nextInt(120));
          pieces.add(
              new WriteRequest()
                  .series(
                      labels,
                      java.util.Arrays.copyOfRange(timestamps, from, to),
                      java.util.Arrays.copyOfRange(values, from, to)));
          from = to;
        }
      }
      push(sorted, whole);
      Collections.shuffle(pieces, random);
      for (int i = 0; i < pieces.size(); i++) {
        push(scattered, pieces.get(i));
        // Twice the same piece now and then: a retried request must not count double.
        if (random.nextInt(10) == 0) {
          push(scattered, pieces.get(i));
        }
        if (i == pieces.size() / 3 || i == pieces.size() * 2 / 3) {
          assertThat(scattered.post("/ingester/flush?wait=true", new byte[0]).statusCode())
              .isIn(200, 204);
        }
      }
      compare(sortedApi, scatteredApi, start, end, "seed " + seed + " while running");
      scattered.stop();
      scattered.start();
      compare(sortedApi, scatteredApi, start, end, "seed " + seed + " after a restart");
    }
  }

  private static void push(FoursightProcess server, WriteRequest request) throws Exception {
    var response = server.post("/api/v1/push", request.snappy(), WriteRequest.HEADERS);
    assertThat(response.statusCode()).as(response.body()).isIn(200, 204);
  }

  private static void compare(
      PrometheusApi expected, PrometheusApi actual, long start, long end, String what)
      throws Exception {
    for (String query : QUERIES) {
      JsonNode a = expected.queryRange(query, start / 1000.0, end / 1000.0, 60).result();
      JsonNode b = actual.queryRange(query, start / 1000.0, end / 1000.0, 60).result();
      assertThat(a).isNotEmpty();
      assertThat(b).as(query + ", " + what).isEqualTo(a);
    }
    JsonNode raw = expected.query("edge[12h]", end / 1000.0).result();
    assertThat(actual.query("edge[12h]", end / 1000.0).result()).as(what).isEqualTo(raw);
  }
}
