package io.foursight.integration;

import static io.foursight.integration.PyroscopeApi.CPU;
import static io.foursight.integration.PyroscopeApi.select;
import static io.foursight.integration.PyroscopeApi.stacks;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Why it matters: an acknowledged profile must survive `kill -9` at any instant, flushes and
/// merges of blocks included, must not be summed twice, and what was flushed must outlive the local
/// disk.
class ProfilesDurabilityIT {
  private static final int WRITERS = 4;

  /// Ten milliseconds, what a sample of a CPU profile at 100 Hz stands for.
  private static final long SAMPLE_NANOS = 10_000_000;

  /// One sender: sample n has a stack of its own, `n<n>`, and a request is one profile.
  private static final class Writer extends KillNine.Sender {
    final String service;
    final long start;

    Writer(int id, long start) {
      super("w" + id);
      this.service = "w" + id;
      this.start = start;
    }

    @Override
    HttpRequest.Builder request(FoursightProcess server, int first, int end) {
      return push(server, service, start + first / KillNine.ITEMS_A_REQUEST, first, end);
    }
  }

  private static HttpRequest.Builder push(
      FoursightProcess server, String service, long seconds, int first, int end) {
    var text = new StringBuilder();
    for (int n = first; n < end; n++) {
      text.append('n').append(n).append(" 1\n");
    }
    return HttpRequest.newBuilder(
            URI.create(
                "%s/ingest?format=folded&sampleRate=100&name=%s&from=%d&until=%d"
                    .formatted(server.url(), service, seconds, seconds + 10)))
        .header("content-type", "text/plain")
        .POST(HttpRequest.BodyPublishers.ofString(text.toString()));
  }

  /// How often each sample is in the sum of a service's profiles, by its stack.
  private static Map<String, Long> read(
      FoursightProcess server, String service, long from, long until) throws Exception {
    try (var api = new PyroscopeApi(server.url())) {
      var counts =
          stacks(
              api.query(
                      "SelectMergeStacktraces",
                      select(
                          CPU,
                          "{service_name=\"" + service + "\"}",
                          from,
                          until,
                          ",\"maxNodes\":1000000"))
                  .path("flamegraph"));
      counts.replaceAll((stack, nanos) -> {
        assertThat(nanos % SAMPLE_NANOS).as(stack).isZero();
        return nanos / SAMPLE_NANOS;
      });
      return counts;
    }
  }

  @Test
  void acknowledgedProfiles_surviveKillsAtRandomInstants(@TempDir Path directory) throws Exception {
    long start = System.currentTimeMillis() / 1000 - Duration.ofHours(5).toSeconds();
    var writers = new ArrayList<Writer>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(new Writer(i, start));
    }
    KillNine.run(
        directory,
        10,
        server ->
            server
                .flag("compactor.compaction-interval", "50ms")
                .flag("compactor.first-level-compaction-wait", "0s")
                .flag("compactor.late-block-wait", "0s"),
        writers,
        (server, writer, what) -> {
          var counts = read(server, writer.service, start - 1, start + writer.sent());
          for (int n = 0; n < writer.sent(); n++) {
            long times = counts.getOrDefault("n" + n, 0L);
            if (writer.isAcknowledged(n)) {
              assertThat(times).as("%s: acknowledged sample %d", what, n).isEqualTo(1);
            } else {
              assertThat(times)
                  .as("%s: sample %d without an answer", what, n)
                  .isLessThanOrEqualTo(1);
            }
          }
        });
  }

  /// Profiles of some samples each, a minute apart.
  private static void pushAll(FoursightProcess server, String service, long start, int profiles)
      throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      for (int p = 0; p < profiles; p++) {
        var answer =
            http.send(
                push(server, service, start + 60L * p, 10 * p, 10 * (p + 1)).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      }
    }
  }

  private static void flush(FoursightProcess server) throws Exception {
    assertThat(server.post("/ingester/flush?wait=true", new byte[0]).statusCode()).isIn(200, 204);
  }

  private static void assertOnce(Map<String, Long> counts, int samples) {
    assertThat(counts).hasSize(samples);
    assertThat(counts.values()).containsOnly(1L);
  }

  @Test
  void flushedProfiles_areAnsweredAfterTheDataDirectoryIsGone(@TempDir Path directory)
      throws Exception {
    int profiles = 50;
    long start = System.currentTimeMillis() / 1000 - 7200;
    long until = start + 7200;
    try (var s3 = new S3Server(directory.resolve("s3")).start();
        var server = s3.configure(new FoursightProcess(directory.resolve("server"))).start()) {
      pushAll(server, "one", start, profiles);
      flush(server);
      server.stop();
      server.deleteData();
      server.start();
      assertOnce(read(server, "one", start - 1, until), 10 * profiles);

      // The store is away: writes go on and nothing acknowledged is lost.
      s3.stop();
      server.post("/ingester/flush", new byte[0]);
      pushAll(server, "two", start, profiles);
      server.kill();
      s3.start();
      server.start();
      flush(server);
      for (String service : List.of("one", "two")) {
        assertOnce(read(server, service, start - 1, until), 10 * profiles);
      }
    }
  }

  /// Profiles over many days lie in many heads and blocks; a sender who has not heard our answer
  /// sends them again.
  @Test
  void profilesOverManyDays_areSummedOnce_fromHeadsAndBlocks(@TempDir Path directory)
      throws Exception {
    int profiles = 60;
    long hours = 5;
    long start = System.currentTimeMillis() / 1000 - profiles * hours * 3600;
    long until = System.currentTimeMillis() / 1000 + 60;
    try (var server = new FoursightProcess(directory).start();
        var http = HttpClient.newHttpClient()) {
      for (int round = 0; round < 2; round++) {
        for (int p = 0; p < profiles; p++) {
          var answer =
              http.send(
                  push(server, "days", start + hours * 3600 * p, 10 * p, 10 * (p + 1)).build(),
                  HttpResponse.BodyHandlers.ofString());
          assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
        assertOnce(read(server, "days", start - 1, until), 10 * profiles);
        flush(server);
        assertOnce(read(server, "days", start - 1, until), 10 * profiles);
      }
      // Each day alone has what was taken in it.
      for (int p = 0; p < profiles; p += 7) {
        long at = start + hours * 3600 * p;
        assertOnce(read(server, "days", at - 1, at + 1), 10);
      }
    }
  }
}
