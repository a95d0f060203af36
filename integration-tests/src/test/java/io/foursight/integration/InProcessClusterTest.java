package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.cmd.InProcessCluster;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Why it matters: a cluster must answer as one process does, whoever was written to and whoever is
/// asked.
@Timeout(240)
class InProcessClusterTest {
  private static final long STEP = 15_000;
  private final HttpClient http = HttpClient.newHttpClient();
  @TempDir private Path directory;

  /// The series of [QueryGenerator], one hour of them.
  private static List<byte[]> requests(long start) throws Exception {
    var random = new Random(11);
    var requests = new java.util.ArrayList<byte[]>();
    for (int chunk = 0; chunk < 8; chunk++) {
      var request = new WriteRequest();
      for (String name :
          List.of("requests_total", "bytes_total", "temperature", "queue_length", "sparse")) {
        for (String job : List.of("api", "worker")) {
          for (int instance = 0; instance < 4; instance++) {
            for (String code : List.of("200", "500")) {
              var timestamps = new long[30];
              var values = new double[30];
              for (int i = 0; i < 30; i++) {
                int n = chunk * 30 + i;
                timestamps[i] = start + n * STEP;
                values[i] =
                    name.endsWith("total") ? n * (instance + 1) * 3 : random.nextInt(1000) / 8.0;
              }
              request.series(
                  Map.of("__name__", name, "job", job, "instance", "i" + instance, "code", code),
                  timestamps,
                  values);
            }
          }
        }
      }
      requests.add(request.snappy());
    }
    return requests;
  }

  private void write(String url, byte[] body) throws Exception {
    var reply = push(url, body);
    assertThat(reply.statusCode()).as(reply.body()).isBetween(200, 204);
  }

  private void post(String url) throws Exception {
    var reply =
        http.send(
            HttpRequest.newBuilder(URI.create(url))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build(),
            BodyHandlers.ofString());
    assertThat(reply.statusCode()).as(reply.body()).isBetween(200, 204);
  }

  private static void sameAnswers(String one, List<String> cluster, long start, int queries)
      throws Exception {
    var generator = new QueryGenerator(new Random(5));
    double from = start / 1000.0 + 600;
    double to = start / 1000.0 + 3500;
    try (var single = new PrometheusApi(one + "/prometheus")) {
      for (int i = 0; i < queries; i++) {
        String query = i == 0 ? "sum(count_over_time({__name__=~\".+\"}[2h]))" : generator.next();
        try (var api = new PrometheusApi(cluster.get(i % cluster.size()) + "/prometheus")) {
          assertThat(api.queryRange(query, from, to, 60).json().toString())
              .as(query)
              .isEqualTo(single.queryRange(query, from, to, 60).json().toString());
          String[] match = {"match[]", "{job=\"api\"}"};
          for (String path :
              List.of("/api/v1/series", "/api/v1/labels", "/api/v1/label/job/values")) {
            if (i < cluster.size()) {
              assertThat(api.get(path, match).json().toString())
                  .as(path)
                  .isEqualTo(single.get(path, match).json().toString());
            }
          }
        }
      }
    }
  }

  @Test
  void threeReplicas_answerAsOneProcess_alsoFromBlocksAndAfterOneIsStopped() throws Exception {
    long start = System.currentTimeMillis() - 4 * 3600_000;
    List<byte[]> requests = requests(start);
    try (var cluster =
            new InProcessCluster(
                directory.resolve("cluster"),
                "-ingester.ring.replication-factor=3",
                "-ingester.flush-check-interval=500ms",
                "-distributor.remote-timeout=30s");
        var alone =
            new InProcessCluster(
                directory.resolve("alone"), "-ingester.ring.replication-factor=1")) {
      alone.start("one", "all");
      for (String name : List.of("a", "b", "c")) {
        cluster.start(name, "all");
      }
      List<String> urls = List.of(cluster.url("a"), cluster.url("b"), cluster.url("c"));
      for (int i = 0; i < requests.size(); i++) {
        write(alone.url("one"), requests.get(i));
        write(urls.get(i % 3), requests.get(i));
      }
      sameAnswers(alone.url("one"), urls, start, 25);
      for (String url : urls) {
        post(url + "/ingester/flush?wait=true");
      }
      sameAnswers(alone.url("one"), urls, start, 25);
      cluster.stop("b");
      sameAnswers(alone.url("one"), List.of(urls.get(0), urls.get(2)), start, 25);
      write(urls.get(0), new WriteRequest().sample(Map.of("__name__", "later"), start, 1).snappy());
    }
  }

  /// Every component by itself: queriers pull from the frontend, ingesters lie in three zones.
  @Test
  void singleComponents_answerAsOneProcess_alsoWithoutAZoneAQuerierAndAGateway() throws Exception {
    long start = System.currentTimeMillis() - 4 * 3600_000;
    List<byte[]> requests = requests(start);
    try (var cluster =
            new InProcessCluster(
                directory.resolve("cluster"),
                "-ingester.ring.replication-factor=3",
                "-ingester.ring.zone-awareness-enabled=true",
                "-ingester.flush-check-interval=500ms",
                "-distributor.remote-timeout=30s");
        var alone =
            new InProcessCluster(
                directory.resolve("alone"), "-ingester.ring.replication-factor=1")) {
      alone.start("one", "all");
      for (String zone : List.of("a", "b", "c")) {
        cluster.start(
            "ingester-" + zone, "ingester", "-ingester.ring.instance-availability-zone=" + zone);
      }
      cluster.start("distributor", "distributor");
      cluster.start("gateway-1", "store-gateway").start("gateway-2", "store-gateway");
      cluster.start("frontend", "query-frontend");
      for (String querier : List.of("querier-1", "querier-2")) {
        cluster.start(
            querier, "querier", "-querier.frontend-address=" + cluster.internal("frontend"));
      }
      String read = cluster.url("frontend");
      org.awaitility.Awaitility.await()
          .atMost(java.time.Duration.ofSeconds(30))
          .until(() -> status(read + "/ready") == 200);
      for (int i = 0; i < requests.size(); i++) {
        write(alone.url("one"), requests.get(i));
        write(cluster.url("distributor"), requests.get(i));
        if (i == requests.size() / 2) {
          post(cluster.url("ingester-b") + "/ingester/flush?wait=true");
        }
      }
      sameAnswers(alone.url("one"), List.of(read), start, 20);
      logs(cluster.url("distributor"), read, cluster.url("ingester-b"), start);
      cluster.stop("ingester-c");
      cluster.stop("querier-1");
      cluster.stop("gateway-1");
      sameAnswers(alone.url("one"), List.of(read), start, 20);
      readLogs(read, start, 80);
      write(
          cluster.url("distributor"),
          new WriteRequest().sample(Map.of("__name__", "later"), start, 1).snappy());
    }
  }

  /// Each entry once, though three ingesters have it, one of them in a block.
  private void logs(String write, String read, String flushed, long start) throws Exception {
    try (var loki = new LokiApi(read)) {
      var frames = loki.tail("{app=~\"a.*\"}");
      for (int i = 0; i < 80; i++) {
        // Every second one is sent twice, as senders do after a lost answer.
        for (int times = 0; times <= i % 2; times++) {
          pushLine(write, i, (start + i * 1000L) * 1_000_000);
        }
        if (i == 40) {
          post(flushed + "/ingester/flush?wait=true");
        }
      }
      var shown = new java.util.TreeSet<String>();
      while (shown.size() < 80) {
        String frame = frames.poll(20, java.util.concurrent.TimeUnit.SECONDS);
        assertThat(frame).as("after %s", shown).isNotNull();
        for (LokiApi.Entry entry :
            LokiApi.entries(
                new com.fasterxml.jackson.databind.ObjectMapper()
                    .readTree(frame)
                    .path("streams"))) {
          assertThat(shown.add(entry.line())).as(entry.line()).isTrue();
        }
      }
    }
    readLogs(read, start, 80);
    try (var loki = new LokiApi(read)) {
      String from = String.valueOf(start * 1_000_000);
      String to = String.valueOf((start + 80_000L) * 1_000_000);
      var stats = loki.get("index/stats", "query", "{app=~\"a.*\"}", "start", from, "end", to);
      // One copy's share, rounded.
      assertThat(stats.path("entries").asInt()).isBetween(79, 81);
    }
  }

  private void pushLine(String url, int i, long nanos) throws Exception {
    String body =
        """
        {"streams":[{"stream":{"app":"a%d"},"values":[["%d","line %d of app",{"trace":"t%d"}]]}]}\
        """
            .formatted(i % 7, nanos, i, i % 3);
    var reply =
        http.send(
            HttpRequest.newBuilder(URI.create(url + "/loki/api/v1/push"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(204);
  }

  private static void readLogs(String url, long start, int lines) throws Exception {
    String from = String.valueOf(start * 1_000_000);
    String to = String.valueOf((start + 1000L * lines) * 1_000_000);
    try (var loki = new LokiApi(url)) {
      for (String direction : List.of("forward", "backward")) {
        var entries =
            LokiApi.entries(
                loki.get(
                        "query_range",
                        "query",
                        "{app=~\"a.*\"} |= \"line\" |~ \"of .pp\"",
                        "direction",
                        direction,
                        "start",
                        from,
                        "end",
                        to,
                        "limit",
                        "1000")
                    .at("/data/result"));
        assertThat(entries).hasSize(lines).doesNotHaveDuplicates();
        assertThat(entries).allSatisfy(e -> assertThat(e.metadata()).containsKey("trace"));
      }
      String at = String.valueOf((start + 1000L * lines) * 1_000_000);
      var sum = loki.get("query", "query", "sum(count_over_time({app=~\"a.*\"}[10m]))", "time", at);
      assertThat(sum.at("/data/result/0/value/1").asText()).isEqualTo(String.valueOf(lines));
      assertThat(loki.texts("labels", "start", from, "end", to)).contains("app");
      assertThat(loki.texts("label/app/values", "start", from, "end", to)).hasSize(7);
      assertThat(
              loki.get("series", "match[]", "{app=\"a1\"}", "start", from, "end", to).path("data"))
          .hasSize(1);
    }
  }

  /// Ingesters that are there but not reachable: one is not waited for, without two nothing is
  /// acknowledged, and after healing everything acknowledged is read.
  @Test
  void ingestersBehindACutNetwork_costNoAcknowledgedSample() throws Exception {
    long start = System.currentTimeMillis() - 600_000;
    var proxies = new java.util.HashMap<String, TcpProxy>();
    try (var cluster =
        new InProcessCluster(
            directory.resolve("cluster"),
            "-ingester.ring.replication-factor=3",
            "-distributor.remote-timeout=8s")) {
      for (String name : List.of("a", "b", "c")) {
        int port = FoursightProcess.freePort();
        var proxy = new TcpProxy(port);
        proxies.put(name, proxy);
        cluster.start(
            name,
            "ingester",
            "-server.grpc-listen-port=" + port,
            "-ingester.ring.instance-addr=127.0.0.1",
            "-ingester.ring.instance-port=" + proxy.port());
      }
      cluster
          .start("gateway", "store-gateway")
          .start("front", "distributor,query-frontend,querier");
      String url = cluster.url("front");
      write(url, sample(start, 0));
      proxies.get("a").cut();
      for (int n = 1; n <= 5; n++) {
        write(url, sample(start, n));
      }
      assertThat(count(url, start)).isEqualTo(6);
      proxies.get("b").cut();
      assertThat(push(url, sample(start, 6)).statusCode()).isGreaterThanOrEqualTo(500);
      proxies.values().forEach(TcpProxy::heal);
      org.awaitility.Awaitility.await()
          .atMost(java.time.Duration.ofSeconds(40))
          .until(() -> push(url, sample(start, 7)).statusCode() / 100 == 2);
      // The refused sample may be there or not; those acknowledged are.
      assertThat(count(url, start)).isBetween(7, 8);
    } finally {
      for (TcpProxy proxy : proxies.values()) {
        proxy.close();
      }
    }
  }

  private static byte[] sample(long start, int n) throws Exception {
    return new WriteRequest().sample(Map.of("__name__", "cut"), start + n * 1000L, n).snappy();
  }

  private static int count(String url, long start) throws Exception {
    try (var api = new PrometheusApi(url + "/prometheus")) {
      var answer = api.query("cut[10m]", start / 1000.0 + 60);
      assertThat(answer.isSuccess()).as(answer.json().toString()).isTrue();
      return answer.result().path(0).path("values").size();
    }
  }

  private java.net.http.HttpResponse<String> push(String url, byte[] body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(url + "/api/v1/push"))
            .headers(WriteRequest.HEADERS)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        BodyHandlers.ofString());
  }

  private int status(String url) throws Exception {
    return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
        .statusCode();
  }
}
