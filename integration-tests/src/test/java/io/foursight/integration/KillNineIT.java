package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Why it matters: an acknowledged write must survive `kill -9` of the process at any instant,
/// flushes included, and must not come back twice.
class KillNineIT {
  private static final int WRITERS = 4;
  private static final long SPACING_MILLIS = 200;

  /// One sender with a series of its own: sample n has timestamp `start + n * spacing` and value n.
  private static final class Writer extends KillNine.Sender {
    final long start;

    Writer(int id, long start) {
      super("w" + id);
      this.start = start;
    }

    @Override
    HttpRequest.Builder request(FoursightProcess server, int first, int end) throws IOException {
      var timestamps = new long[end - first];
      var values = new double[end - first];
      for (int n = first; n < end; n++) {
        timestamps[n - first] = start + n * SPACING_MILLIS;
        values[n - first] = n;
      }
      byte[] body =
          new WriteRequest()
              .series(Map.of("__name__", "kill_nine", "writer", name), timestamps, values)
              .snappy();
      return HttpRequest.newBuilder(URI.create(server.url() + "/api/v1/push"))
          .headers(WriteRequest.HEADERS)
          .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    }
  }

  @Test
  void acknowledgedSamples_surviveKillsAtRandomInstants(@TempDir Path directory) throws Exception {
    // Old enough that ranges complete and are flushed while the test runs.
    long start = System.currentTimeMillis() - Duration.ofHours(5).toMillis();
    var writers = new ArrayList<Writer>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(new Writer(i, start));
    }
    KillNine.run(directory, 50, writers, KillNineIT::verify);
  }

  private static void verify(FoursightProcess server, Writer writer, String what) throws Exception {
    double end = (writer.start + writer.sent() * SPACING_MILLIS) / 1000.0 + 1;
    long range = writer.sent() * SPACING_MILLIS / 1000 + 10;
    try (var api = new PrometheusApi(server.url() + "/prometheus")) {
      var answer = api.query("kill_nine{writer=\"" + writer.name + "\"}[" + range + "s]", end);
      assertThat(answer.isSuccess()).as(what + ": " + answer.json()).isTrue();
      var seen = new boolean[writer.sent()];
      long previous = Long.MIN_VALUE;
      for (JsonNode sample : answer.result().path(0).path("values")) {
        int n = Integer.parseInt(sample.get(1).asText());
        long timestamp = Math.round(sample.get(0).asDouble() * 1000);
        assertThat(timestamp).as(what).isGreaterThan(previous);
        assertThat(timestamp).as(what).isEqualTo(writer.start + n * SPACING_MILLIS);
        previous = timestamp;
        seen[n] = true;
      }
      for (int n = 0; n < writer.sent(); n++) {
        if (!seen[n] && writer.isAcknowledged(n)) {
          throw new AssertionError(what + ": acknowledged sample " + n + " is lost");
        }
      }
    }
  }
}
