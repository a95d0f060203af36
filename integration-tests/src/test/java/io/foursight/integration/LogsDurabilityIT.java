package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Why it matters: an acknowledged line must survive `kill -9` at any instant, flushes included,
/// must not come back twice, and what was flushed must outlive the local disk.
class LogsDurabilityIT {
  private static final int ROUNDS = Integer.getInteger("killnine.rounds", 10);
  private static final int WRITERS = 4;
  private static final int LINES_A_PUSH = 50;
  private static final long SPACING_NANOS = 1_000_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  /// One sender with a stream of its own: line n is `n` at `start + n * spacing`.
  private static final class Writer {
    final String name;
    final long start;
    int sent;
    volatile int acknowledged;
    final List<int[]> unacknowledged = new ArrayList<>();

    Writer(int id, long start) {
      this.name = "w" + id;
      this.start = start;
    }

    void run(URI uri, HttpClient http, AtomicBoolean stop) throws InterruptedException {
      while (!stop.get()) {
        int first = sent;
        sent += LINES_A_PUSH;
        try {
          var request =
              HttpRequest.newBuilder(uri)
                  .timeout(Duration.ofSeconds(10))
                  .header("content-type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(push(name, start, first, sent)));
          var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
          if (response.statusCode() / 100 == 2) {
            acknowledged = acknowledged + LINES_A_PUSH;
          } else {
            unacknowledged.add(new int[] {first, sent});
          }
        } catch (IOException e) {
          unacknowledged.add(new int[] {first, sent});
        }
      }
    }

    boolean isAcknowledged(int n) {
      return unacknowledged.stream().noneMatch(range -> n >= range[0] && n < range[1]);
    }
  }

  private static String push(String writer, long start, int first, int end) {
    var body =
        new StringBuilder("{\"streams\":[{\"stream\":{\"job\":\"durable\",\"writer\":\"")
            .append(writer)
            .append("\"},\"values\":[");
    for (int n = first; n < end; n++) {
      body.append(n > first ? "," : "")
          .append("[\"")
          .append(start + n * SPACING_NANOS)
          .append("\",\"")
          .append(n)
          .append("\",{\"n\":\"")
          .append(n % 7)
          .append("\"}]");
    }
    return body.append("]}]}").toString();
  }

  @Test
  void acknowledgedLines_surviveKillsAtRandomInstants(@TempDir Path directory) throws Exception {
    long seed = Long.getLong("killnine.seed", System.nanoTime());
    var random = new Random(seed);
    long start = (System.currentTimeMillis() - Duration.ofHours(5).toMillis()) * 1_000_000;
    var writers = new ArrayList<Writer>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(new Writer(i, start));
    }
    try (var server = new FoursightProcess(directory);
        var http = HttpClient.newHttpClient()) {
      server.start();
      URI uri = URI.create(server.url() + "/loki/api/v1/push");
      for (int round = 0; round < ROUNDS; round++) {
        var stop = new AtomicBoolean();
        var threads = new ArrayList<Thread>();
        for (Writer writer : writers) {
          threads.add(
              Thread.ofVirtual()
                  .start(() -> {
                    try {
                      writer.run(uri, http, stop);
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
        }
        if (round % 2 == 0) {
          // A busy machine may take long for its first answer; the other rounds may kill before it.
          awaitAnswers(writers);
        }
        TimeUnit.MILLISECONDS.sleep(random.nextInt(150));
        if (random.nextInt(3) == 0) {
          Thread.ofVirtual().start(() -> flush(server));
          TimeUnit.MILLISECONDS.sleep(random.nextInt(100));
        }
        server.kill();
        stop.set(true);
        for (Thread thread : threads) {
          thread.join();
        }
        server.start();
        if (round % 5 == 4 || round == ROUNDS - 1) {
          for (Writer writer : writers) {
            verify(server, writer, "seed " + seed + ", round " + round + ", " + writer.name);
          }
        }
      }
      int acknowledged = writers.stream().mapToInt(w -> w.acknowledged).sum();
      System.out.printf(
          "kill -9: %d rounds, %d acknowledged lines, each read once; seed %d%n",
          ROUNDS, acknowledged, seed);
      assertThat(acknowledged).as("acknowledged lines").isGreaterThan(0);
    }
  }

  private static void awaitAnswers(List<Writer> writers) throws InterruptedException {
    int before = writers.stream().mapToInt(w -> w.acknowledged).sum();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (writers.stream().mapToInt(w -> w.acknowledged).sum() == before
        && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private static void flush(FoursightProcess server) {
    try {
      server.post("/ingester/flush", new byte[0]);
    } catch (IOException | InterruptedException expectedWhenKilled) {
      // The server may die under the request; that is the point.
    }
  }

  private static void verify(FoursightProcess server, Writer writer, String what) throws Exception {
    var counts = read(server, writer.name, writer.start, writer.sent);
    for (int n = 0; n < writer.sent; n++) {
      int times = counts.getOrDefault(n, 0);
      if (writer.isAcknowledged(n)) {
        assertThat(times).as("%s: acknowledged line %d", what, n).isEqualTo(1);
      } else {
        assertThat(times).as("%s: line %d without an answer", what, n).isLessThanOrEqualTo(1);
      }
    }
  }

  /// How often each line comes, read page by page, oldest first.
  private static TreeMap<Integer, Integer> read(
      FoursightProcess server, String writer, long start, int sent) throws Exception {
    var counts = new TreeMap<Integer, Integer>();
    long from = start;
    long end = start + sent * SPACING_NANOS;
    while (from < end) {
      String query = URLEncoder.encode("{writer=\"" + writer + "\"}", StandardCharsets.UTF_8);
      HttpResponse<String> answer =
          server.get(
              "/loki/api/v1/query_range?query="
                  + query
                  + "&direction=forward&limit=5000&start="
                  + from
                  + "&end="
                  + end);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      int found = 0;
      for (JsonNode stream : JSON.readTree(answer.body()).path("data").path("result")) {
        for (JsonNode value : stream.path("values")) {
          int n = Integer.parseInt(value.path(1).asText());
          long time = Long.parseLong(value.path(0).asText());
          assertThat(time).isEqualTo(start + n * SPACING_NANOS);
          counts.merge(n, 1, Integer::sum);
          from = Math.max(from, time + 1);
          found++;
        }
      }
      if (found < 5000) {
        break;
      }
    }
    return counts;
  }

  @Test
  void flushedLines_areAnsweredAfterTheDataDirectoryIsGone(@TempDir Path directory)
      throws Exception {
    int lines = 7000;
    long start = (System.currentTimeMillis() - 3_600_000) * 1_000_000;
    try (var s3 = new S3Server(directory.resolve("s3")).start();
        var server = s3.configure(new FoursightProcess(directory.resolve("server"))).start();
        var http = HttpClient.newHttpClient()) {
      pushAll(http, server, "early", start, lines);
      assertThat(server.post("/ingester/flush?wait=true", new byte[0]).statusCode()).isIn(200, 204);
      server.stop();
      server.deleteData();
      server.start();
      assertThat(read(server, "early", start, lines)).hasSize(lines);

      // The store is away: writes go on and nothing acknowledged is lost.
      s3.stop();
      server.post("/ingester/flush", new byte[0]);
      pushAll(http, server, "late", start, lines);
      server.kill();
      s3.start();
      server.start();
      assertThat(server.post("/ingester/flush?wait=true", new byte[0]).statusCode()).isIn(200, 204);
      for (String writer : List.of("early", "late")) {
        var counts = read(server, writer, start, lines);
        assertThat(counts).hasSize(lines);
        assertThat(counts.values()).containsOnly(1);
      }
    }
  }

  private static void pushAll(
      HttpClient http, FoursightProcess server, String writer, long start, int lines)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(server.url() + "/loki/api/v1/push"))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(push(writer, start, 0, lines)));
    assertThat(http.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(204);
  }
}
