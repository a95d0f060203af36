package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Why it matters: replicas are kept so that the loss of a process loses no sample, no write and no
/// read. Real processes, real signals, real gossip.
@Timeout(600)
class ClusterIT {
  private static final long SPACING_MILLIS = 100;
  private static final int SAMPLES = 20;

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  @TempDir private Path directory;

  /// Sends one series in order, repeating what is refused, as senders do.
  private final class Writer {
    private final Map<String, String> labels;
    private final List<String> urls;
    private final long start;
    private final AtomicBoolean stop = new AtomicBoolean();
    private volatile int acknowledged;
    private volatile int refused;
    private volatile String lastRefusal = "";
    private Thread thread;

    Writer(String name, long start, List<String> urls) {
      this.labels = Map.of("__name__", "load", "writer", name);
      this.start = start;
      this.urls = urls;
    }

    Writer begin() {
      thread = Thread.startVirtualThread(this::run);
      return this;
    }

    private void run() {
      int turn = 0;
      while (!stop.get()) {
        try {
          if (send(urls.get(turn++ % urls.size()))) {
            acknowledged += SAMPLES;
          }
          TimeUnit.MILLISECONDS.sleep(20);
        } catch (IOException e) {
          refused++;
          lastRefusal = e.toString();
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    private boolean send(String url) throws IOException, InterruptedException {
      var timestamps = new long[SAMPLES];
      var values = new double[SAMPLES];
      for (int i = 0; i < SAMPLES; i++) {
        timestamps[i] = start + (acknowledged + i) * SPACING_MILLIS;
        values[i] = acknowledged + i;
      }
      var reply =
          http.send(
              HttpRequest.newBuilder(URI.create(url + "/api/v1/push"))
                  .timeout(Duration.ofSeconds(30))
                  .headers(WriteRequest.HEADERS)
                  .POST(
                      HttpRequest.BodyPublishers.ofByteArray(
                          new WriteRequest().series(labels, timestamps, values).snappy()))
                  .build(),
              BodyHandlers.ofString());
      if (reply.statusCode() / 100 == 2) {
        return true;
      }
      assertThat(reply.statusCode()).as(reply.body()).isGreaterThanOrEqualTo(500);
      refused++;
      lastRefusal = reply.statusCode() + " " + reply.body();
      return false;
    }

    void end() throws InterruptedException {
      stop.set(true);
      thread.join();
    }

    /// Waits until so many more samples are acknowledged.
    void more(int samples) {
      int from = acknowledged;
      Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged >= from + samples);
    }

    /// Every acknowledged sample is there once, with its value.
    void verify(String url) throws Exception {
      try (var api = new PrometheusApi(url + "/prometheus")) {
        int wanted = acknowledged;
        double end = (start + wanted * SPACING_MILLIS + 60_000) / 1000.0;
        long range = wanted * SPACING_MILLIS / 1000 + 120;
        var answer =
            api.query("load{writer=\"" + labels.get("writer") + "\"}[" + range + "s]", end);
        assertThat(answer.isSuccess()).as(answer.json().toString()).isTrue();
        int n = 0;
        for (JsonNode sample : answer.result().path(0).path("values")) {
          assertThat(Math.round(sample.get(0).asDouble() * 1000))
              .isEqualTo(start + n * SPACING_MILLIS);
          assertThat(Integer.parseInt(sample.get(1).asText())).isEqualTo(n);
          n++;
        }
        assertThat(n).as("samples of " + labels + " at " + url).isGreaterThanOrEqualTo(wanted);
      }
    }
  }

  /// Asks all the time and remembers failures.
  private final class Reader {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final List<String> failures = new ArrayList<>();
    private volatile int answered;
    private final Thread thread;

    Reader(List<String> urls) {
      thread =
          Thread.startVirtualThread(() -> {
            int turn = 0;
            while (!stop.get()) {
              String url = urls.get(turn++ % urls.size());
              try (var api = new PrometheusApi(url + "/prometheus")) {
                var answer = api.query("count(load)", System.currentTimeMillis() / 1000.0);
                if (answer.isSuccess()) {
                  answered++;
                } else {
                  failures.add(url + ": " + answer.json());
                }
                TimeUnit.MILLISECONDS.sleep(50);
              } catch (IOException e) {
                failures.add(url + ": " + e);
              } catch (InterruptedException e) {
                return;
              }
            }
          });
    }

    void end() throws InterruptedException {
      stop.set(true);
      thread.join();
      assertThat(failures).isEmpty();
      assertThat(answered).isPositive();
    }
  }

  @Test
  void threeReplicas_surviveTheKillOfOne_andLoseNothingWithTwo() throws Exception {
    long start = System.currentTimeMillis() - 600_000;
    try (var cluster = new ClusterProcesses(directory, List.of("a", "b", "c"))) {
      for (String name : List.of("a", "b", "c")) {
        cluster
            .member(name, "all")
            .flag("ingester.ring.replication-factor", "3")
            .flag("distributor.remote-timeout", "30s");
      }
      cluster.start();
      String a = cluster.get("a").url();
      String b = cluster.get("b").url();
      var writers =
          List.of(
              new Writer("w1", start, List.of(a)).begin(),
              new Writer("w2", start, List.of(a, b)).begin());
      writers.forEach(writer -> writer.more(200));
      var reader = new Reader(List.of(a, b));

      cluster.get("c").kill();
      writers.forEach(writer -> writer.more(400));
      for (Writer writer : writers) {
        assertThat(writer.refused).as(writer.lastRefusal).isZero();
        writer.verify(a);
        writer.verify(b);
      }
      reader.end();

      cluster.get("b").kill();
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> writers.stream().allMatch(w -> w.refused > 2));
      int[] acknowledged = writers.stream().mapToInt(w -> w.acknowledged).toArray();
      TimeUnit.SECONDS.sleep(1);
      for (int i = 0; i < writers.size(); i++) {
        assertThat(writers.get(i).acknowledged).isEqualTo(acknowledged[i]);
      }

      cluster.get("b").start();
      cluster.get("c").start();
      writers.forEach(writer -> writer.more(200));
      for (Writer writer : writers) {
        writer.end();
        for (String name : List.of("a", "b", "c")) {
          writer.verify(cluster.get(name).url());
        }
      }
    }
  }

  @Test
  void writeReadAndBackend_areOne_andAnIngesterHandsOverBeforeItGoes() throws Exception {
    long start = System.currentTimeMillis() - 600_000;
    List<String> names = List.of("write", "read", "backend", "ingester");
    try (var cluster = new ClusterProcesses(directory, names)) {
      for (String name : names) {
        cluster.member(name, name).flag("ingester.ring.replication-factor", "1");
      }
      cluster.start();
      String write = cluster.get("write").url();
      String read = cluster.get("read").url();
      var writers = new ArrayList<Writer>();
      for (int i = 0; i < 8; i++) {
        writers.add(new Writer("w" + i, start, List.of(write)).begin());
      }
      for (Writer writer : writers) {
        writer.more(100);
        writer.end();
        writer.verify(read);
      }
      // Scale down: everything must be in blocks, and read from there, before the process goes.
      assertThat(cluster.get("write").get("/ingester/prepare-shutdown").body())
          .isEqualTo("unset\n");
      cluster.get("write").post("/ingester/prepare-shutdown", new byte[0]);
      assertThat(cluster.get("write").get("/ingester/prepare_shutdown").body()).isEqualTo("set\n");
      assertThat(cluster.get("write").stop()).isEqualTo(143);
      assertThat(cluster.get("write").logText()).contains("block uploaded");
      for (Writer writer : writers) {
        writer.verify(read);
      }
      cluster.get("write").start();
      for (Writer writer : writers) {
        writer.verify(read);
      }
    }
  }

  @Test
  void aRollingRestart_losesNoReadAndNoSample() throws Exception {
    long start = System.currentTimeMillis() - 600_000;
    try (var cluster = new ClusterProcesses(directory, List.of("a", "b", "c"))) {
      for (String name : List.of("a", "b", "c")) {
        cluster
            .member(name, "all")
            .flag("ingester.ring.replication-factor", "3")
            .flag("distributor.remote-timeout", "30s");
      }
      cluster.start();
      for (String name : List.of("a", "b", "c")) {
        List<String> others =
            List.of("a", "b", "c").stream()
                .filter(n -> !n.equals(name))
                .map(n -> cluster.get(n).url())
                .toList();
        var writer = new Writer("w-" + name, start, others).begin();
        var reader = new Reader(others);
        writer.more(100);
        assertThat(cluster.get(name).stop()).isEqualTo(143);
        writer.more(100);
        cluster.get(name).start();
        writer.more(100);
        writer.end();
        reader.end();
        assertThat(writer.refused).as(writer.lastRefusal).isZero();
        writer.verify(cluster.get(name).url());
      }
    }
  }
}
