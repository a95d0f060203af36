package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same seeded samples in this server and in a real Prometheus must give the same answers to
/// generated queries. Skipped where no `prometheus` is found.
class PrometheusDifferentialIT {
  private static final int QUERIES = Integer.getInteger("differential.queries", 3000);

  /// A build is the same twice; `-Ddifferential.seed=N` looks elsewhere.
  private static final long DEFAULT_SEED = 314;

  private static final double TOLERANCE = 1e-9;
  private static final int MINUTES = 150;

  @Test
  void generatedQueries_answerAsInPrometheus(@TempDir Path directory) throws Exception {
    Optional<Path> program = RealPrograms.find("prometheus");
    assumeTrue(program.isPresent(), "no `prometheus` on the PATH: differential test skipped");
    long seed = Long.getLong("differential.seed", DEFAULT_SEED);
    System.out.println("PrometheusDifferentialIT: seed " + seed + ", " + QUERIES + " queries");
    // A whole minute plus 7 s, so that no window border falls on a subquery step.
    long now = System.currentTimeMillis() / 60_000 * 60_000 + 7_000;
    try (var reference = new PrometheusProcess(program.get(), directory.resolve("prometheus"));
        var server = new FoursightProcess(directory.resolve("foursight")).start();
        var theirs = new PrometheusApi(reference.url());
        var ours = new PrometheusApi(server.url() + "/prometheus")) {
      List<byte[]> bodies = new Workload(new Random(seed)).bodies(now);
      for (byte[] body : bodies) {
        assertThat(push(reference.url() + "/api/v1/write", body)).isEqualTo(204);
        assertThat(push(server.url() + "/api/v1/push", body)).isIn(200, 204);
      }
      assertThat(theirs.query("count({__name__!=\"\"})", now / 1000.0).result()).isNotEmpty();
      var failures = new ArrayList<String>();
      var generator = new QueryGenerator(new Random(seed + 1));
      var times = new Random(seed + 2);
      int answered = 0;
      for (int i = 0; i < QUERIES; i++) {
        String query = generator.next();
        double end = now / 1000.0 - 60 * times.nextInt(60);
        boolean instant = times.nextBoolean();
        double start = end - 60 * (1 + times.nextInt(30));
        double step = 60 * (1 + times.nextInt(3));
        var expected =
            instant ? theirs.query(query, end) : theirs.queryRange(query, start, end, step);
        var actual = instant ? ours.query(query, end) : ours.queryRange(query, start, end, step);
        String difference = difference(expected, actual);
        if (expected.isSuccess() && expected.result().size() > 0) {
          answered++;
        }
        if (!difference.isEmpty() && failures.size() < 40) {
          failures.add(
              query
                  + (instant ? " at " + end : " from " + start + " to " + end + " step " + step)
                  + "\n    "
                  + difference);
        }
      }
      System.out.println(
          "PrometheusDifferentialIT: "
              + (QUERIES - failures.size())
              + "/"
              + QUERIES
              + " agree, "
              + answered
              + " with a non-empty answer");
      failures.forEach(failure -> System.out.println("DIFFERS " + failure));
      assertThat(failures).as("seed " + seed).isEmpty();
      assertThat(answered).as("queries with an answer").isGreaterThan(QUERIES / 2);
    }
  }

  private static int push(String url, byte[] body) throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create(url))
              .headers(WriteRequest.HEADERS)
              .POST(HttpRequest.BodyPublishers.ofByteArray(body))
              .build();
      var response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() / 100 != 2) {
        System.err.println(url + ": " + response.statusCode() + " " + response.body());
      }
      return response.statusCode();
    }
  }

  /// Empty when the answers agree.
  private static String difference(PrometheusApi.Answer expected, PrometheusApi.Answer actual) {
    if (expected.status() != actual.status()) {
      return "status "
          + expected.status()
          + " vs ours "
          + actual.status()
          + ": "
          + expected.json().path("error").asText()
          + " vs "
          + actual.json().path("error").asText();
    }
    if (!expected.isSuccess()) {
      String a = expected.json().path("errorType").asText();
      String b = actual.json().path("errorType").asText();
      return a.equals(b) ? "" : "error type " + a + " vs ours " + b;
    }
    String type = expected.json().path("data").path("resultType").asText();
    if (!type.equals(actual.json().path("data").path("resultType").asText())) {
      return "type " + type + " vs ours " + actual.json().path("data");
    }
    if (!type.equals("vector") && !type.equals("matrix")) {
      return same(expected.result().path(1), actual.result().path(1))
          ? ""
          : expected.result() + " vs ours " + actual.result();
    }
    Map<String, JsonNode> a = byLabels(expected.result());
    Map<String, JsonNode> b = byLabels(actual.result());
    if (!a.keySet().equals(b.keySet())) {
      return "series " + a.keySet() + " vs ours " + b.keySet();
    }
    for (var entry : a.entrySet()) {
      JsonNode left = entry.getValue();
      JsonNode right = b.get(entry.getKey());
      String field = type.equals("vector") ? "value" : "values";
      List<JsonNode> lefts = samples(left.path(field), type);
      List<JsonNode> rights = samples(right.path(field), type);
      if (lefts.size() != rights.size()) {
        return entry.getKey() + ": " + lefts.size() + " samples vs ours " + rights.size();
      }
      for (int i = 0; i < lefts.size(); i++) {
        if (lefts.get(i).get(0).asDouble() != rights.get(i).get(0).asDouble()
            || !same(lefts.get(i).get(1), rights.get(i).get(1))) {
          return entry.getKey() + ": " + lefts.get(i) + " vs ours " + rights.get(i);
        }
      }
    }
    return "";
  }

  private static List<JsonNode> samples(JsonNode node, String type) {
    if (type.equals("vector")) {
      return List.of(node);
    }
    var all = new ArrayList<JsonNode>();
    node.forEach(all::add);
    return all;
  }

  private static Map<String, JsonNode> byLabels(JsonNode result) {
    var map = new TreeMap<String, JsonNode>();
    for (JsonNode series : result) {
      var labels = new TreeMap<String, String>();
      series
          .path("metric")
          .properties()
          .forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
      map.put(labels.toString(), series);
    }
    return map;
  }

  private static boolean same(JsonNode a, JsonNode b) {
    if (a.asText().equals(b.asText())) {
      return true;
    }
    double x = parse(a.asText());
    double y = parse(b.asText());
    return x == y
        || Double.isNaN(x) && Double.isNaN(y)
        || Math.abs(x - y) <= TOLERANCE * Math.max(Math.abs(x), Math.abs(y))
        || Math.abs(x - y) < 1e-9;
  }

  private static double parse(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /// Counters with resets, gauges with gaps and stale ends, a classic histogram; timestamps in
  /// order, never on a whole second.
  private static final class Workload {
    private final Random random;

    Workload(Random random) {
      this.random = random;
    }

    List<byte[]> bodies(long now) throws IOException {
      long start = now - MINUTES * 60_000L;
      var request = new WriteRequest();
      for (String job : List.of("api", "auth", "worker")) {
        for (int instance = 0; instance < 4; instance++) {
          var target = Map.of("job", job, "instance", "i" + instance);
          for (String code : List.of("200", "404", "500")) {
            counter(
                request, start, now, with(target, "__name__", "requests_total", "code", code), 5);
          }
          counter(
              request,
              start,
              now,
              with(target, "__name__", "bytes_total", "zone", "z" + instance % 2),
              1e6);
          gauge(request, start, now, with(target, "__name__", "temperature"), 0);
          gauge(request, start, now, with(target, "__name__", "queue_length", "zone", "z1"), 0.02);
          gauge(request, start, now, with(target, "__name__", "sparse"), 0.7);
          histogram(request, start, now, target);
        }
      }
      return List.of(request.snappy());
    }

    private void counter(
        WriteRequest request, long start, long end, Map<String, String> labels, double scale) {
      int offset = 1 + random.nextInt(14_998);
      double value = random.nextInt(1000);
      var samples = new Samples();
      for (long t = start + offset; t < end; t += 15_000) {
        value =
            random.nextInt(200) == 0
                ? 0
                : value + Math.floor(random.nextDouble() * scale * 10) / 10;
        samples.add(notOnASecond(t), value);
      }
      samples.to(request, labels);
    }

    private void gauge(
        WriteRequest request, long start, long end, Map<String, String> labels, double gaps) {
      int offset = 1 + random.nextInt(14_998);
      var samples = new Samples();
      boolean stale = false;
      for (long t = start + offset; t < end; t += 15_000) {
        if (random.nextDouble() < gaps) {
          if (!stale && random.nextInt(3) == 0) {
            samples.add(notOnASecond(t), Double.longBitsToDouble(0x7ff0000000000002L));
            stale = true;
          }
          continue;
        }
        stale = false;
        samples.add(notOnASecond(t), Math.round(random.nextGaussian() * 1000) / 100.0);
      }
      samples.to(request, labels);
    }

    private void histogram(WriteRequest request, long start, long end, Map<String, String> target) {
      String[] bounds = {"0.1", "0.5", "1", "5", "+Inf"};
      var buckets = new Samples[bounds.length];
      var count = new Samples();
      for (int i = 0; i < bounds.length; i++) {
        buckets[i] = new Samples();
      }
      int offset = 1 + random.nextInt(14_998);
      var totals = new double[bounds.length];
      for (long t = start + offset; t < end; t += 15_000) {
        for (int i = 0; i < bounds.length; i++) {
          int added = random.nextInt(5);
          for (int j = i; j < bounds.length; j++) {
            totals[j] += added;
          }
        }
        for (int i = 0; i < bounds.length; i++) {
          buckets[i].add(notOnASecond(t), totals[i]);
        }
        count.add(notOnASecond(t), totals[bounds.length - 1]);
      }
      for (int i = 0; i < bounds.length; i++) {
        buckets[i].to(request, with(target, "__name__", "latency_seconds_bucket", "le", bounds[i]));
      }
      count.to(request, with(target, "__name__", "latency_seconds_count"));
    }

    private static long notOnASecond(long t) {
      return t % 1000 == 0 ? t + 1 : t;
    }

    private static Map<String, String> with(Map<String, String> base, String... pairs) {
      var map = new HashMap<>(base);
      for (int i = 0; i < pairs.length; i += 2) {
        map.put(pairs[i], pairs[i + 1]);
      }
      return map;
    }
  }

  private static final class Samples {
    private final List<Long> timestamps = new ArrayList<>();
    private final List<Double> values = new ArrayList<>();

    void add(long timestamp, double value) {
      timestamps.add(timestamp);
      values.add(value);
    }

    void to(WriteRequest request, Map<String, String> labels) {
      request.series(
          labels,
          timestamps.stream().mapToLong(Long::longValue).toArray(),
          values.stream().mapToDouble(Double::doubleValue).toArray());
    }
  }
}
