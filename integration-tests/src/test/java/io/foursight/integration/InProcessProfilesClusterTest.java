package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.cmd.InProcessCluster;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Why it matters: a cluster must add up profiles as one process does: each once, however many
/// replicas have it and wherever it lies.
@Timeout(240)
class InProcessProfilesClusterTest {
  private static final int PROFILES = 60;

  private final long seed = Long.getLong("profiles.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final long startSeconds = System.currentTimeMillis() / 1000 - 3 * 3600;
  private final HttpClient http = HttpClient.newHttpClient();
  @TempDir private Path directory;

  private record Push(String name, long second, String folded) {}

  private List<Push> pushes() {
    var all = new ArrayList<Push>();
    for (int i = 0; i < PROFILES; i++) {
      var folded = new StringBuilder();
      for (int line = 0; line < 8; line++) {
        folded.append("main;f").append(random.nextInt(4)).append(";g").append(random.nextInt(5));
        folded.append(' ').append(1 + random.nextInt(100)).append('\n');
      }
      all.add(
          new Push(
              "app" + i % 3 + "{pod=p" + i % 5 + "}", startSeconds + 30L * i, folded.toString()));
    }
    return all;
  }

  private HttpResponse<String> post(String url, String type, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(url))
            .header("content-type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private void push(String url, Push push) throws Exception {
    String query =
        "/ingest?format=folded&name="
            + URLEncoder.encode(push.name(), StandardCharsets.UTF_8)
            + "&from="
            + push.second()
            + "&until="
            + (push.second() + 10);
    var answer = post(url + query, "text/plain", push.folded());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private JsonNode ask(String url, String method, String fields) throws Exception {
    String body =
        "{"
            + fields
            + (fields.isEmpty() ? "" : ",")
            + "\"start\":\""
            + (startSeconds - 60) * 1000
            + "\",\"end\":\""
            + (startSeconds + 3600) * 1000
            + "\"}";
    var answer = post(url + "/querier.v1.QuerierService/" + method, "application/json", body);
    assertThat(answer.statusCode()).as(method + ": " + answer.body()).isEqualTo(200);
    return new ObjectMapper().readTree(answer.body());
  }

  /// By the names of a stack, what it took itself.
  private static Map<String, Long> stacks(JsonNode flameGraph) {
    var names = flameGraph.path("names");
    var self = new TreeMap<String, Long>();
    var above = new ArrayList<Object[]>();
    for (JsonNode level : flameGraph.path("levels")) {
      var here = new ArrayList<Object[]>();
      long at = 0;
      JsonNode values = level.path("values");
      for (int i = 0; i < values.size(); i += 4) {
        long from = at + values.get(i).asLong();
        at = from + values.get(i + 1).asLong();
        String path = names.get(values.get(i + 3).asInt()).asText();
        for (Object[] bar : above) {
          if ((long) bar[0] <= from && from < (long) bar[1]) {
            path = bar[2] + ";" + path;
          }
        }
        self.merge(path, values.get(i + 2).asLong(), Long::sum);
        here.add(new Object[] {from, at, path});
      }
      above.clear();
      above.addAll(here);
    }
    return self;
  }

  private void sameAnswers(String one, String many) throws Exception {
    JsonNode types = ask(one, "ProfileTypes", "");
    assertThat(ask(many, "ProfileTypes", "")).isEqualTo(types);
    String type = types.at("/profileTypes/0/ID").asText();
    assertThat(type).isNotEmpty();
    for (String selector : List.of("{}", "{pod=\\\"p1\\\"}", "{service_name=~\\\"app[12]\\\"}")) {
      String fields = "\"profileTypeID\":\"" + type + "\",\"labelSelector\":\"" + selector + "\"";
      JsonNode sum = ask(many, "SelectMergeStacktraces", fields).path("flamegraph");
      JsonNode wanted = ask(one, "SelectMergeStacktraces", fields).path("flamegraph");
      assertThat(stacks(sum)).as("seed %d: %s", seed, selector).isEqualTo(stacks(wanted));
      assertThat(sum.path("total").asLong()).isEqualTo(wanted.path("total").asLong()).isPositive();
      String series = fields + ",\"groupBy\":[\"pod\"],\"step\":60";
      assertThat(ask(many, "SelectSeries", series))
          .as("seed %d: %s", seed, selector)
          .isEqualTo(ask(one, "SelectSeries", series));
    }
    assertThat(ask(many, "LabelNames", "")).isEqualTo(ask(one, "LabelNames", ""));
    String label = "\"name\":\"pod\"";
    assertThat(ask(many, "LabelValues", label)).isEqualTo(ask(one, "LabelValues", label));
  }

  /// Every component by itself: queriers pull from the frontend, three replicas.
  @Test
  void singleComponents_answerAsOneProcess_alsoFromBlocksAndWithoutAnIngester() throws Exception {
    List<Push> pushes = pushes();
    try (var cluster =
            new InProcessCluster(
                directory.resolve("cluster"),
                "-ingester.ring.replication-factor=3",
                "-ingester.flush-check-interval=500ms",
                "-distributor.remote-timeout=30s");
        var single =
            new InProcessCluster(
                directory.resolve("alone"), "-ingester.ring.replication-factor=1")) {
      single.start("one", "all");
      for (String name : List.of("a", "b", "c")) {
        cluster.start("ingester-" + name, "ingester");
      }
      cluster.start("distributor", "distributor");
      cluster.start("gateway-1", "store-gateway").start("gateway-2", "store-gateway");
      cluster.start("frontend", "query-frontend");
      cluster.start(
          "querier", "querier", "-querier.frontend-address=" + cluster.internal("frontend"));
      String one = single.url("one");
      String write = cluster.url("distributor");
      String read = cluster.url("frontend");
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() ->
              http.send(
                          HttpRequest.newBuilder(URI.create(read + "/ready")).build(),
                          BodyHandlers.discarding())
                      .statusCode()
                  == 200);
      for (int i = 0; i < pushes.size(); i++) {
        push(one, pushes.get(i));
        // Every second one is sent twice, as senders do after a lost answer.
        for (int times = 0; times <= i % 2; times++) {
          push(write, pushes.get(i));
        }
        if (i == pushes.size() / 2) {
          var flushed =
              post(cluster.url("ingester-b") + "/ingester/flush?wait=true", "text/plain", "");
          assertThat(flushed.statusCode()).isBetween(200, 204);
        }
      }
      sameAnswers(one, read);
      for (String name : List.of("a", "c")) {
        var flushed =
            post(cluster.url("ingester-" + name) + "/ingester/flush?wait=true", "text/plain", "");
        assertThat(flushed.statusCode()).isBetween(200, 204);
      }
      sameAnswers(one, read);
      // A push that comes again after its block was cut.
      push(write, pushes.getFirst());
      cluster.stop("ingester-c");
      cluster.stop("gateway-1");
      sameAnswers(one, read);
    } finally {
      http.close();
    }
  }
}
