package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Why it matters: an acknowledged line must survive `kill -9` at any instant, flushes included,
/// must not come back twice, and what was flushed must outlive the local disk.
class LogsDurabilityIT {
  private static final int WRITERS = 4;
  private static final long SPACING_NANOS = 1_000_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  /// One sender with a stream of its own: line n is `n` at `start + n * spacing`.
  private static final class Writer extends KillNine.Sender {
    final long start;

    Writer(int id, long start) {
      super("w" + id);
      this.start = start;
    }

    @Override
    HttpRequest.Builder request(FoursightProcess server, int first, int end) {
      return HttpRequest.newBuilder(URI.create(server.url() + "/loki/api/v1/push"))
          .header("content-type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(push(name, start, first, end)));
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
    long start = (System.currentTimeMillis() - Duration.ofHours(5).toMillis()) * 1_000_000;
    var writers = new ArrayList<Writer>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(new Writer(i, start));
    }
    KillNine.run(directory, 10, writers, LogsDurabilityIT::verify);
  }

  private static void verify(FoursightProcess server, Writer writer, String what) throws Exception {
    var counts = read(server, writer.name, writer.start, writer.sent());
    for (int n = 0; n < writer.sent(); n++) {
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
