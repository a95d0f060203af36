package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same seeded samples in this server and in a real Prometheus must give the same answers to
/// generated queries. Skipped where no `prometheus` is found.
class PrometheusDifferentialIT {
  private static final int QUERIES = Integer.getInteger("differential.queries", 3000);

  /// A build is the same twice; `-Ddifferential.seed=N` looks elsewhere.
  private static final long DEFAULT_SEED = 314;

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
      List<byte[]> bodies = new MetricsWorkload(new Random(seed)).bodies(now, 1);
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
        String difference = AnswerDifference.between(expected, actual);
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
}
