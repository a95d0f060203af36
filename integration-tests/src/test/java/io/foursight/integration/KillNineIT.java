package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Why it matters: an acknowledged write must survive `kill -9` of the process at any instant,
/// flushes included, and must not come back twice.
class KillNineIT {
  private static final int ROUNDS = Integer.getInteger("killnine.rounds", 50);
  private static final int WRITERS = 4;
  private static final int SAMPLES_A_REQUEST = 50;
  private static final long SPACING_MILLIS = 200;

  /// One sender with a series of its own: sample n has timestamp `start + n * spacing` and value n.
  private static final class Writer {
    final Map<String, String> labels;
    final long start;
    int sent;
    int acknowledged;
    final List<int[]> unacknowledged = new ArrayList<>();

    Writer(int id, long start) {
      labels = Map.of("__name__", "kill_nine", "writer", "w" + id);
      this.start = start;
    }

    void run(URI uri, HttpClient http, AtomicBoolean stop) throws InterruptedException {
      while (!stop.get()) {
        int first = sent;
        var timestamps = new long[SAMPLES_A_REQUEST];
        var values = new double[SAMPLES_A_REQUEST];
        for (int i = 0; i < SAMPLES_A_REQUEST; i++) {
          timestamps[i] = start + (first + i) * SPACING_MILLIS;
          values[i] = first + i;
        }
        sent += SAMPLES_A_REQUEST;
        try {
          byte[] body = new WriteRequest().series(labels, timestamps, values).snappy();
          var request =
              HttpRequest.newBuilder(uri)
                  .timeout(Duration.ofSeconds(10))
                  .headers(WriteRequest.HEADERS)
                  .POST(HttpRequest.BodyPublishers.ofByteArray(body));
          var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
          if (response.statusCode() / 100 == 2) {
            acknowledged += SAMPLES_A_REQUEST;
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

  @Test
  void acknowledgedSamples_surviveKillsAtRandomInstants(@TempDir Path directory) throws Exception {
    long seed = Long.getLong("killnine.seed", System.nanoTime());
    var random = new Random(seed);
    // Old enough that ranges complete and are flushed while the test runs.
    long start = System.currentTimeMillis() - Duration.ofHours(5).toMillis();
    var writers = new ArrayList<Writer>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(new Writer(i, start));
    }
    try (var server = new FoursightProcess(directory);
        var http = HttpClient.newHttpClient()) {
      server.start();
      var api = new PrometheusApi(server.url() + "/prometheus");
      for (int round = 0; round < ROUNDS; round++) {
        var stop = new AtomicBoolean();
        var threads = new ArrayList<Thread>();
        URI uri = URI.create(server.url() + "/api/v1/push");
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
        TimeUnit.MILLISECONDS.sleep(random.nextInt(150));
        if (random.nextInt(4) == 0) {
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
            verify(api, writer, "seed " + seed + ", round " + round + ", " + writer.labels);
          }
        }
      }
      assertThat(writers).allMatch(w -> w.acknowledged > 0);
      api.close();
    }
  }

  private static void flush(FoursightProcess server) {
    try {
      server.post("/ingester/flush", new byte[0]);
    } catch (IOException | InterruptedException expectedWhenKilled) {
      // The server may die under the request; that is the point.
    }
  }

  private static void verify(PrometheusApi api, Writer writer, String what) throws Exception {
    double end = (writer.start + writer.sent * SPACING_MILLIS) / 1000.0 + 1;
    long range = writer.sent * SPACING_MILLIS / 1000 + 10;
    var answer =
        api.query("kill_nine{writer=\"" + writer.labels.get("writer") + "\"}[" + range + "s]", end);
    assertThat(answer.isSuccess()).as(what + ": " + answer.json()).isTrue();
    var seen = new boolean[writer.sent];
    long previous = Long.MIN_VALUE;
    for (JsonNode sample : answer.result().path(0).path("values")) {
      int n = Integer.parseInt(sample.get(1).asText());
      long timestamp = Math.round(sample.get(0).asDouble() * 1000);
      assertThat(timestamp).as(what).isGreaterThan(previous);
      assertThat(timestamp).as(what).isEqualTo(writer.start + n * SPACING_MILLIS);
      previous = timestamp;
      seen[n] = true;
    }
    for (int n = 0; n < writer.sent; n++) {
      if (!seen[n] && writer.isAcknowledged(n)) {
        throw new AssertionError(what + ": acknowledged sample " + n + " is lost");
      }
    }
  }
}
