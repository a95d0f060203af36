package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Samples go out as Prometheus blocks and come in from Prometheus blocks through the packaged
/// jar's commands, beside running servers, and every raw sample is the same afterwards; real
/// Prometheus programs agree where they can be had.
class TsdbExchangeIT {
  private static final String EVERYTHING = "{__name__=~\".+\"}[13h]";
  private static final List<String> QUERIES =
      List.of(
          "sum by (job) (rate(exchange_total[5m]))",
          "max_over_time(exchange_gauge[1h])",
          "count({__name__=~\"exchange.*\"})",
          "histogram_sum(rate(exchange_latency[1h])) + histogram_count(exchange_latency)");

  private final long seed = Long.getLong("exchange.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final long end = System.currentTimeMillis() / 1000 * 1000 - 60_000;
  private final long start = end - Duration.ofHours(11).toMillis();

  @TempDir Path directory;
  private long staleMarkers;

  @Test
  void anExport_isAcceptedByPrometheus_andImportedAnswersAsTheOriginal() throws Exception {
    Path exported = directory.resolve("prometheus").resolve("data");
    try (var original = new FoursightProcess(directory.resolve("original")).start();
        var copy =
            new FoursightProcess(directory.resolve("copy"))
                .flag("store-gateway.sync-interval", "1s")
                .start();
        var originalApi = new PrometheusApi(original.url() + "/prometheus");
        var copyApi = new PrometheusApi(copy.url() + "/prometheus")) {
      fill(original);
      Map<String, JsonNode> expected = raw(originalApi);
      assertThat(expected).hasSizeGreaterThan(20);
      assertThat(tool("blocks", "verify", data(original))).contains("0 damaged");
      assertThat(
              tool("export", "prometheus", exported.toString(), "-block-range=2h", data(original)))
          .contains("[100.0%]")
          .contains("exported " + sampleCount(expected) + " samples of tenant anonymous");
      promtoolAccepts(exported);

      assertThat(tool("import", "prometheus", exported.toString(), data(copy)))
          .contains("[100.0%]")
          .contains(": " + sampleCount(expected) + " samples in");
      awaitSame(copyApi, originalApi);
      // The same once more: equal samples count once.
      tool("import", "prometheus", exported.toString(), data(copy));
      int blocks = tool("blocks", "list", data(copy)).split("\n").length - 1;
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() ->
              copy.get("/metrics")
                  .body()
                  .lines()
                  .anyMatch(line ->
                      line.matches(
                          "foursight_store_gateway_blocks.*metrics.* " + blocks + "(\\.0)?")));
      awaitSame(copyApi, originalApi);

      Optional<Path> program = RealPrograms.find("prometheus");
      if (program.isPresent()) {
        try (var real = new PrometheusProcess(program.get(), directory.resolve("prometheus"));
            var realApi = new PrometheusApi(real.url())) {
          awaitSame(realApi, originalApi);
        }
      }
    }
  }

  @Test
  void aRealPrometheusSnapshot_importedAnswersAsPrometheus() throws Exception {
    Optional<Path> program = RealPrograms.find("prometheus");
    assumeTrue(program.isPresent(), "no `prometheus` on the PATH: import of its data skipped");
    try (var real = new PrometheusProcess(program.get(), directory.resolve("prometheus"));
        var copy =
            new FoursightProcess(directory.resolve("copy"))
                .flag("store-gateway.sync-interval", "1s")
                .start();
        var realApi = new PrometheusApi(real.url());
        var copyApi = new PrometheusApi(copy.url() + "/prometheus")) {
      // Its head takes no samples that are out of order, so one request brings everything.
      var request = new WriteRequest();
      series().forEach(s -> s.to(request, 0, s.timestamps.length));
      try (var http = java.net.http.HttpClient.newHttpClient()) {
        var answer =
            http.send(
                java.net.http.HttpRequest.newBuilder(
                        java.net.URI.create(real.url() + "/api/v1/write"))
                    .headers(WriteRequest.HEADERS)
                    .POST(java.net.http.HttpRequest.BodyPublishers.ofByteArray(request.snappy()))
                    .build(),
                java.net.http.HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
      }
      String snapshot =
          realApi.post("/api/v1/admin/tsdb/snapshot").json().path("data").path("name").asText();
      Path blocks =
          directory.resolve("prometheus").resolve("data").resolve("snapshots").resolve(snapshot);
      assertThat(tool("import", "prometheus", blocks.toString(), data(copy))).contains("[100.0%]");
      awaitSame(copyApi, realApi);
    }
  }

  @Test
  void whatCannotBeRead_isSaidAndFails() throws Exception {
    Path data = directory.resolve("data");
    Files.createDirectories(data.resolve("objects"));
    String flag = "-storage.data-dir=" + data;
    Path empty = Files.createDirectories(directory.resolve("empty"));
    assertThat(fails("import", "prometheus", empty.toString(), flag))
        .contains("no Prometheus blocks in " + empty);
    Path block = Files.createDirectories(empty.resolve("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
    Files.writeString(block.resolve("meta.json"), "{\"version\":1,\"ulid\":\"x\"}");
    assertThat(fails("import", "prometheus", empty.toString(), flag)).contains("NOT imported");
    assertThat(fails("blocks", "list", "-storage.data-dir=" + empty)).contains("no object store");
    assertThat(fails("blocks", "list", "-storage.data-dri=x")).contains("storage.data-dir");
    assertThat(fails("export", "prometheus", empty.toString(), flag, "-match={"))
        .contains("parse error");
    assertThat(fails("imprt", "prometheus", empty.toString())).contains("no command \"imprt\"");
  }

  /// Two thirds of every series, a flush, an overlapping rest, a flush: several blocks with the
  /// same samples in two of them. Nothing stays in the head.
  private void fill(FoursightProcess server) throws Exception {
    var first = new WriteRequest();
    var second = new WriteRequest();
    for (Series s : series()) {
      int size = s.timestamps.length;
      s.to(first, 0, size * 2 / 3);
      s.to(second, size / 2, size);
    }
    push(server, first);
    flush(server);
    push(server, second);
    var native1 = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      native1.append(i == 0 ? "" : ",").append(histogramPoint(start + 7 + i * 300_000L, i));
    }
    var answer =
        server.post(
            "/otlp/v1/metrics",
            """
            {"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"exchange_latency",
            "exponentialHistogram":{"aggregationTemporality":2,"dataPoints":[%s]}}]}]}]}\
            """
                .formatted(native1)
                .getBytes(StandardCharsets.UTF_8),
            "Content-Type",
            "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    flush(server);
  }

  /// Without a start timestamp, for which Prometheus blocks have no place.
  private static String histogramPoint(long millis, int i) {
    return """
    {"timeUnixNano":"%d","count":"%d","sum":%s,"scale":2,"zeroCount":"%d",
    "positive":{"offset":%d,"bucketCounts":["%d","%d","%d"]}}\
    """
        .formatted(
            millis * 1_000_000, 7L * i + 7, i * 1.5, i + 1, i / 20, i + 1, 2 * i + 2, 3 * i + 3);
  }

  /// A series to be written in pieces.
  private record Series(Map<String, String> labels, long[] timestamps, double[] values) {
    void to(WriteRequest request, int from, int to) {
      request.series(
          labels, Arrays.copyOfRange(timestamps, from, to), Arrays.copyOfRange(values, from, to));
    }
  }

  private List<Series> series() {
    var all = new ArrayList<Series>();
    for (int n = 0; n < 24; n++) {
      boolean counter = n % 2 == 0;
      int size = (int) ((end - start) / 15_000) - random.nextInt(500);
      var timestamps = new long[size];
      var values = new double[size];
      double value = 0;
      for (int i = 0; i < size; i++) {
        // Never on a whole second: Prometheus 2 and 3 differ about the border of a window.
        timestamps[i] = start + 1 + n + i * 15_000L + random.nextInt(3);
        value = random.nextInt(300) == 0 ? 0 : value + random.nextInt(100);
        values[i] =
            counter
                ? value
                : switch (random.nextInt(60)) {
                  case 0 -> Double.NaN;
                  case 1 -> Double.NEGATIVE_INFINITY;
                  case 2 -> stale();
                  case 3 -> -0.0;
                  default -> random.nextGaussian();
                };
      }
      var labels =
          Map.of(
              "__name__",
              counter ? "exchange_total" : "exchange_gauge",
              "job",
              "j" + n % 5,
              "n",
              String.valueOf(n),
              "text",
              "ünï\"cöde\\" + n % 3);
      all.add(new Series(labels, timestamps, values));
    }
    return all;
  }

  private double stale() {
    staleMarkers++;
    return Double.longBitsToDouble(0x7ff0000000000002L);
  }

  private static void push(FoursightProcess server, WriteRequest request) throws Exception {
    var response = server.post("/api/v1/push", request.snappy(), WriteRequest.HEADERS);
    assertThat(response.statusCode()).as(response.body()).isIn(200, 204);
  }

  private static void flush(FoursightProcess server) throws Exception {
    assertThat(server.post("/ingester/flush?wait=true", new byte[0]).statusCode()).isIn(200, 204);
  }

  /// Raw samples are equal to the last bit. What is computed - and a native histogram's bounds are
  /// - may differ from a real Prometheus in the last digits.
  private void awaitSame(PrometheusApi actual, PrometheusApi expected) throws Exception {
    Map<String, JsonNode> samples = raw(expected);
    assertThat(samples).isNotEmpty();
    // Blocks are found some seconds after their upload, perhaps not all at once.
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(sizes(raw(actual))).isEqualTo(sizes(samples)));
    Map<String, JsonNode> found = raw(actual);
    samples.forEach((labels, series) -> {
      JsonNode values = found.get(labels).path("values");
      // Not isEqualTo: its message would be megabytes.
      assertThat(values.equals(series.path("values")))
          .as(labels + ": " + difference(values, series.path("values"), 0) + ", seed " + seed)
          .isTrue();
      assertThat(difference(found.get(labels), series, 1e-9))
          .as(labels + ", seed " + seed)
          .isEmpty();
    });
    for (String query : QUERIES) {
      Map<String, JsonNode> wanted = range(expected, query);
      Map<String, JsonNode> answered = range(actual, query);
      assertThat(answered.keySet()).as(query).isEqualTo(wanted.keySet());
      wanted.forEach((labels, series) ->
          assertThat(difference(answered.get(labels), series, 1e-9))
              .as(query + " " + labels + ", seed " + seed)
              .isEmpty());
    }
  }

  /// The first place where two answers differ by more than rounding; empty when there is none.
  private static String difference(JsonNode a, JsonNode b, double tolerance) {
    if (a.equals(b)) {
      return "";
    }
    if (a.isContainerNode() && a.getNodeType() == b.getNodeType() && a.size() == b.size()) {
      if (a.isArray()) {
        for (int i = 0; i < a.size(); i++) {
          String inside = difference(a.path(i), b.path(i), tolerance);
          if (!inside.isEmpty()) {
            return "[" + i + "]" + inside;
          }
        }
        return "";
      }
      for (var field : a.properties()) {
        String inside = difference(field.getValue(), b.path(field.getKey()), tolerance);
        if (!inside.isEmpty()) {
          return "." + field.getKey() + inside;
        }
      }
      return "";
    }
    if (a.isTextual() && b.isTextual()) {
      try {
        double x = Double.parseDouble(a.asText());
        double y = Double.parseDouble(b.asText());
        if (Math.abs(x - y) <= tolerance * Math.max(Math.abs(x), Math.abs(y))) {
          return "";
        }
      } catch (NumberFormatException notNumbers) {
        // Different texts.
      }
    }
    String left = a.toString();
    String right = b.toString();
    return " is "
        + left.substring(0, Math.min(200, left.length()))
        + ", not "
        + right.substring(0, Math.min(200, right.length()));
  }

  private Map<String, JsonNode> raw(PrometheusApi api) throws Exception {
    return byLabels(api.query(EVERYTHING, end / 1000.0 + 60));
  }

  private Map<String, JsonNode> range(PrometheusApi api, String query) throws Exception {
    return byLabels(api.queryRange(query, start / 1000.0, end / 1000.0, 300));
  }

  private static Map<String, JsonNode> byLabels(PrometheusApi.Answer answer) {
    assertThat(answer.isSuccess()).as(answer.json().toString()).isTrue();
    var series = new TreeMap<String, JsonNode>();
    for (JsonNode one : answer.result()) {
      var labels = new TreeMap<String, String>();
      one.path("metric").properties().forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
      series.put(labels.toString(), one);
    }
    return series;
  }

  private static Map<String, Integer> sizes(Map<String, JsonNode> answered) {
    var sizes = new TreeMap<String, Integer>();
    answered.forEach((labels, series) ->
        sizes.put(labels, series.path("values").size() + series.path("histograms").size()));
    return sizes;
  }

  /// Stale markers are in blocks, but never in answers.
  private long sampleCount(Map<String, JsonNode> answered) {
    return sizes(answered).values().stream().mapToLong(Integer::longValue).sum() + staleMarkers;
  }

  private static String data(FoursightProcess server) {
    return "-storage.data-dir=" + server.dataDirectory();
  }

  private void promtoolAccepts(Path blocks) throws Exception {
    Optional<Path> promtool = RealPrograms.find("promtool");
    if (promtool.isEmpty()) {
      System.out.println("no `promtool` on the PATH: its look at the export is left out");
      return;
    }
    String list = succeeds(List.of(promtool.get().toString(), "tsdb", "list", blocks.toString()));
    List<String> ids;
    try (Stream<Path> children = Files.list(blocks)) {
      ids = children.map(child -> child.getFileName().toString()).toList();
    }
    assertThat(ids).hasSizeGreaterThan(4);
    assertThat(list).contains(ids);
    for (String id : ids) {
      assertThat(
              succeeds(
                  List.of(promtool.get().toString(), "tsdb", "analyze", blocks.toString(), id)))
          .contains("Block ID: " + id)
          .contains("exchange_");
    }
  }

  /// Output of the jar with these arguments, which must go well.
  private String tool(String... arguments) throws Exception {
    return succeeds(command(arguments));
  }

  private String fails(String... arguments) throws Exception {
    Result result = run(command(arguments));
    assertThat(result.code).as(result.output).isIn(1, 2);
    return result.output;
  }

  private String succeeds(List<String> command) throws Exception {
    Result result = run(command);
    assertThat(result.code).as(command + "\n" + result.output).isZero();
    return result.output;
  }

  private static List<String> command(String... arguments) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx512m",
                "-jar",
                FoursightProcess.jar().toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private record Result(int code, String output) {}

  private Result run(List<String> command) throws IOException, InterruptedException {
    Path log = Files.createTempFile(directory, "tool", ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException(command + " runs for too long\n" + Files.readString(log));
    }
    return new Result(process.exitValue(), Files.readString(log));
  }
}
