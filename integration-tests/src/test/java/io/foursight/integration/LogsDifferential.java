package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foursight.integration.NaiveLogs.Entry;
import io.foursight.integration.NaiveLogs.LogQuery;
import io.foursight.integration.NaiveLogs.MetricQuery;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.assertj.core.data.Percentage;

/// Random entries of three hours, pushed anywhere, and random LogQL asked anywhere: answers must be
/// those of [NaiveLogs], in both directions, with limits. Owned by one test.
final class LogsDifferential {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final long seed = Long.getLong("logs.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final NaiveLogs naive = new NaiveLogs(random);
  private final long end = System.currentTimeMillis() / 60_000 * 60_000_000_000L;
  private final long start = end - Duration.ofHours(3).toNanos();

  /// In requests to one after the other.
  void push(List<? extends Endpoint> servers, int count) throws Exception {
    var shuffled = new ArrayList<>(naive.generate(count, start, end));
    int turn = 0;
    Collections.shuffle(shuffled, random);
    for (int from = 0; from < shuffled.size(); from += 200) {
      ObjectNode body = JSON.createObjectNode();
      var streams = body.putArray("streams");
      for (Entry e : shuffled.subList(from, Math.min(from + 200, shuffled.size()))) {
        ObjectNode stream = streams.addObject();
        ObjectNode labels = stream.putObject("stream");
        e.stream().forEach(labels::put);
        var value = stream.putArray("values").addArray();
        value.add(String.valueOf(e.nanos())).add(e.line());
        ObjectNode metadata = value.addObject();
        e.metadata().forEach(metadata::put);
      }
      var response =
          servers
              .get(turn++ % servers.size())
              .post(
                  "/loki/api/v1/push",
                  JSON.writeValueAsBytes(body),
                  "content-type",
                  "application/json");
      assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
    }
  }

  /// Asks one after the other.
  void compare(List<? extends Endpoint> servers, int queries, String where) throws Exception {
    int answered = 0;
    for (int i = 0; i < queries; i++) {
      Endpoint server = servers.get(i % servers.size());
      long from = start + random.nextLong(end - start);
      long to = from + 1 + random.nextLong(end - from + 60_000_000_000L);
      answered +=
          random.nextBoolean()
              ? log(server, naive.logQuery(), from, to, where)
              : metric(server, naive.metricQuery(), where);
    }
    // A comparison of nothing with nothing proves nothing.
    assertThat(answered).as("queries with an answer, " + where).isGreaterThan(queries / 3);
  }

  private JsonNode ask(Endpoint server, String path, String query, String more) throws Exception {
    var response =
        server.get(
            "/loki/api/v1/"
                + path
                + "?query="
                + URLEncoder.encode(query, StandardCharsets.UTF_8)
                + more);
    assertThat(response.statusCode()).as(query + ": " + response.body()).isEqualTo(200);
    return JSON.readTree(response.body()).get("data").get("result");
  }

  private int log(Endpoint server, LogQuery query, long from, long to, String where)
      throws Exception {
    boolean forward = random.nextBoolean();
    int limit = random.nextInt(4) == 0 ? 5000 : 1 + random.nextInt(60);
    JsonNode result =
        ask(
            server,
            "query_range",
            query.text(),
            "&start="
                + from
                + "&end="
                + to
                + "&limit="
                + limit
                + "&direction="
                + (forward ? "forward" : "backward"));
    List<Entry> all = naive.evaluate(query, from, to);
    List<Entry> wanted = forward ? all : all.reversed();
    wanted = wanted.subList(0, Math.min(limit, wanted.size()));
    var times = new ArrayList<Long>();
    var shown = new ArrayList<String>();
    for (JsonNode stream : result) {
      for (JsonNode value : stream.get("values")) {
        times.add(value.get(0).asLong());
        shown.add(value.get(0).asText() + " " + value.get(1).asText());
      }
    }
    Collections.sort(times);
    String what = "seed " + seed + ", " + where + ": " + query.text() + " " + from + " " + to;
    assertThat(times).as(what).isEqualTo(wanted.stream().map(Entry::nanos).sorted().toList());
    // Of equal times any may be cut off by the limit.
    assertThat(all.stream().map(e -> e.nanos() + " " + e.line()).toList())
        .as(what)
        .containsAll(shown);
    assertThat(shown).as(what).doesNotHaveDuplicates();
    return shown.isEmpty() ? 0 : 1;
  }

  private int metric(Endpoint server, MetricQuery query, String where) throws Exception {
    long range = (1 + random.nextInt(90)) * 60_000_000_000L;
    long step = (1 + random.nextInt(40)) * 30_000_000_000L;
    long first = start / step * step;
    long last = first + (end - first) / step * step;
    String text = query.head() + " [" + range / 1_000_000_000 + "s]" + query.tail();
    JsonNode result =
        ask(
            server,
            "query_range",
            text,
            "&start=" + first + "&end=" + last + "&step=" + step / 1_000_000_000);
    Map<String, Map<Long, Double>> actual = new TreeMap<>();
    for (JsonNode series : result) {
      Map<Long, Double> points = new TreeMap<>();
      for (JsonNode value : series.get("values")) {
        points.put(value.get(0).asLong() * 1_000_000_000, value.get(1).asDouble());
      }
      actual.put(series.get("metric").path("pod").asText(), points);
    }
    String what = "seed " + seed + ", " + where + ": " + text + " step " + step;
    int points = 0;
    for (long at = first; at <= last; at += step) {
      Map<String, Double> wanted = naive.evaluate(query, at, range);
      for (var pod : wanted.entrySet()) {
        Double got = actual.getOrDefault(pod.getKey(), Map.of()).get(at);
        assertThat(got).as(what + " at " + at + " " + pod).isNotNull();
        assertThat(got)
            .as(what + " at " + at + " " + pod)
            .isCloseTo(pod.getValue(), Percentage.withPercentage(1e-7));
        points++;
      }
    }
    int total = actual.values().stream().mapToInt(Map::size).sum();
    assertThat(total).as(what).isEqualTo(points);
    return points > 0 ? 1 : 0;
  }
}
