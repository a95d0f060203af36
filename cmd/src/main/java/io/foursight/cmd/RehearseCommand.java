package io.foursight.cmd;

import io.foursight.config.LoadedConfig;
import io.foursight.model.FoursightException;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.telemetry.LogLevel;
import io.foursight.runtime.telemetry.Logging;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// `foursight rehearse`: a server on ports and a directory of its own takes writes and queries for
/// a moment and stops. Run under `-XX:AOTCacheOutput=FILE` the JVM notes what a server needs, so
/// that one started with `-XX:AOTCache=FILE` is ready sooner and warm earlier. The launcher does
/// both.
final class RehearseCommand {
  private static final String USAGE =
      "usage: foursight rehearse [-seconds=N]\nRuns a server of its own for a moment; for"
          + " -XX:AOTCacheOutput.";
  private static final Duration LENGTH = Duration.ofSeconds(10);
  private static final int ROUNDS = 200;
  private static final List<String> QUERIES =
      List.of(
          "up",
          "rehearsal_total{instance=~\"i1.*\"}",
          "sum by (job) (rate(rehearsal_total[5m]))",
          "histogram_quantile(0.9, sum by (le) (rate(rehearsal_bucket[5m])))",
          "topk(3, max_over_time(rehearsal_gauge[10m]))",
          "count by (__name__) ({__name__!=\"\"})",
          "sum(rehearsal_gauge) / on () group_left () count(rehearsal_gauge > 1) or vector(0)",
          "avg_over_time(sum(rehearsal_gauge)[10m:1m])");

  private final Foursight server;
  private final HttpClient http;
  private final long now = System.currentTimeMillis();
  private final long end;

  private RehearseCommand(Foursight server, HttpClient http, Duration length) {
    this.server = server;
    this.http = http;
    this.end = System.nanoTime() + length.toNanos();
  }

  static int run(List<String> arguments, PrintStream out) {
    ToolArguments parsed = ToolArguments.parse(arguments, Set.of("seconds"), USAGE);
    if (parsed.help()) {
      out.println(USAGE);
      return 0;
    }
    Duration length =
        parsed.value("seconds").map(s -> Duration.ofSeconds(Long.parseLong(s))).orElse(LENGTH);
    Logging.configure(LogLevel.WARN);
    try {
      Path directory = Files.createTempDirectory("foursight-rehearsal");
      try (var server = new Foursight(config(directory));
          var http = HttpClient.newHttpClient()) {
        server.start();
        new RehearseCommand(server, http, length).play();
      } finally {
        remove(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw FoursightException.unavailable("interrupted while rehearsing");
    }
    out.println("rehearsed");
    return 0;
  }

  private static LoadedConfig<FoursightConfig> config(Path directory) {
    var flags = new ArrayList<String>();
    flags.add("-storage.data-dir=" + directory.resolve("data"));
    flags.add("-server.http-listen-address=127.0.0.1");
    flags.add("-server.grpc-listen-address=127.0.0.1");
    flags.add("-server.graceful-shutdown-timeout=0s");
    for (String door :
        List.of("http", "logs", "traces", "profiles", "otlp-http", "otlp-grpc", "grpc")) {
      flags.add("-server." + door + "-listen-port=-1");
    }
    return CommandLine.parse(flags).load(FoursightConfig.schema());
  }

  private void play() throws IOException, InterruptedException {
    for (int round = 0; round < ROUNDS && System.nanoTime() - end < 0; round++) {
      if (round < 40) {
        write(round);
      }
      read(round);
    }
    send(Door.MAIN, "/ingester/flush?wait=true", BodyPublishers.noBody());
    read(0);
  }

  private void write(int round) throws IOException, InterruptedException {
    var request = new RehearsedWrite();
    long time = now - (40 - round) * 15_000L;
    for (int instance = 0; instance < 12; instance++) {
      String job = "j" + instance % 3;
      String i = "i" + instance;
      request.sample(time, 1, "__name__", "up", "instance", i, "job", job);
      request.sample(
          time, round * 7.0 + instance, "__name__", "rehearsal_total", "instance", i, "job", job);
      request.sample(
          time, Math.sin(round + instance), "__name__", "rehearsal_gauge", "instance", i);
      for (String le : List.of("0.1", "1", "+Inf")) {
        request.sample(
            time,
            round * (le.length() + 1),
            "__name__",
            "rehearsal_bucket",
            "instance",
            i,
            "le",
            le);
      }
    }
    send(
        Door.MAIN,
        "/api/v1/push",
        BodyPublishers.ofByteArray(request.snappy()),
        "Content-Type",
        "application/x-protobuf",
        "Content-Encoding",
        "snappy",
        "X-Prometheus-Remote-Write-Version",
        "0.1.0");
    send(
        Door.OTLP_HTTP,
        "/v1/metrics",
        BodyPublishers.ofString(
            """
            {"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"rehearsal","gauge":{"dataPoints":[
            {"timeUnixNano":"%d","asDouble":4.5,"attributes":[{"key":"a","value":{"stringValue":"b"}}]}
            ]}}]}]}]}\
            """
                .formatted(time * 1_000_000)),
        "Content-Type",
        "application/json");
    send(
        Door.LOGS,
        "/loki/api/v1/push",
        BodyPublishers.ofString(
            """
            {"streams":[{"stream":{"app":"rehearsal"},"values":[["%d","level=info msg=\\"act %d\\""]]}]}\
            """
                .formatted(time * 1_000_000, round)),
        "Content-Type",
        "application/json");
  }

  private void read(int round) throws IOException, InterruptedException {
    long seconds = now / 1000;
    // Another end each time, so that not all comes from the cache.
    String range = "&start=" + (seconds - 600 - round) + "&end=" + (seconds - round) + "&step=15";
    String query = URLEncoder.encode(QUERIES.get(round % QUERIES.size()), StandardCharsets.UTF_8);
    get(Door.MAIN, "/prometheus/api/v1/query_range?query=" + query + range);
    get(Door.MAIN, "/prometheus/api/v1/query?query=" + query);
    if (round % 8 == 0) {
      get(Door.MAIN, "/prometheus/api/v1/labels");
      get(Door.MAIN, "/prometheus/api/v1/label/job/values");
      get(Door.MAIN, "/prometheus/api/v1/series?match[]=up");
      String logs =
          URLEncoder.encode("{app=\"rehearsal\"} |= \"act\" | logfmt", StandardCharsets.UTF_8);
      get(Door.LOGS, "/loki/api/v1/query_range?query=" + logs);
      get(Door.MAIN, "/metrics");
    }
  }

  private void get(Door door, String path) throws IOException, InterruptedException {
    http.send(request(door, path).build(), BodyHandlers.discarding());
  }

  private void send(Door door, String path, BodyPublisher body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request(door, path).POST(body);
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
    }
  }

  private HttpRequest.Builder request(Door door, String path) {
    int port = server.address(door).orElseThrow().getPort();
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + port + path.replace("[", "%5B").replace("]", "%5D")));
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
