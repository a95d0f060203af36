package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.cmd.InProcessCluster;
import io.foursight.integration.ConformanceScripts.Load;
import io.foursight.integration.ConformanceScripts.Question;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What every cluster must do, whatever it is made of: written to anywhere and asked anywhere, it
/// answers as one process does. One cluster for all scenarios, each of which is a tenant of its
/// own; what a subclass adds with an `@Order` comes after them and may break the cluster.
///
/// Sizes grow with `-Dcluster.queries=N` and `-Dcluster.conformance=all`; `-Dcluster.seed=N` looks
/// elsewhere.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(300)
abstract class ClusterScenarios {
  static final int QUERIES = Integer.getInteger("cluster.queries", 45);
  private static final boolean WHOLE_CONFORMANCE =
      System.getProperty("cluster.conformance", "").equals("all");
  private static final int CONFORMANCE_QUESTIONS = 150;
  private static final ObjectMapper JSON = new ObjectMapper();

  /// What differs between a process alone and a cluster is not the matter here.
  static final List<String> LIMITS =
      List.of("-multitenancy-enabled=true", "-limits.promql-experimental-functions-enabled=true");

  final HttpClient http = HttpClient.newHttpClient();
  Path directory;

  private final long seed = Long.getLong("cluster.seed", 20);
  private final Random times = new Random(seed);
  private final QueryGenerator generator = new QueryGenerator(new Random(seed));
  private final Map<String, PrometheusApi> apis = new LinkedHashMap<>();
  private InProcessCluster alone;
  private Optional<Long> metricsEnd = Optional.empty();
  private Optional<LogsDifferential> logs = Optional.empty();

  /// URLs of processes that take writes.
  abstract List<String> distributors();

  /// URLs of processes that answer queries.
  abstract List<String> frontends();

  /// URLs of processes that hold recent data.
  abstract List<String> ingesters();

  @BeforeAll
  final void startAlone(@TempDir Path temporary) {
    directory = temporary;
    alone =
        new InProcessCluster(directory.resolve("alone"), LIMITS.toArray(String[]::new))
            .start("one", "all", "-ingester.ring.replication-factor=1");
  }

  @AfterAll
  final void stopAlone() {
    apis.values().forEach(PrometheusApi::close);
    alone.close();
    http.close();
  }

  private PrometheusApi api(String url, String tenant) {
    return apis.computeIfAbsent(
        url + " " + tenant, _ -> new PrometheusApi(url + "/prometheus", "X-Scope-OrgID", tenant));
  }

  List<Endpoint> endpoints(List<String> urls, String tenant) {
    return urls.stream().<Endpoint>map(url -> new Endpoint.OfTenant(http, url, tenant)).toList();
  }

  final void write(String url, String tenant, byte[] body) throws Exception {
    var reply =
        new Endpoint.OfTenant(http, url, tenant).post("/api/v1/push", body, WriteRequest.HEADERS);
    assertThat(reply.statusCode()).as(reply.body()).isBetween(200, 204);
  }

  /// Everything that ingesters hold is in blocks then, and read from there.
  final void flush() throws Exception {
    for (Endpoint ingester : endpoints(ingesters(), "any")) {
      var reply = ingester.post("/ingester/flush?wait=true", new byte[0]);
      assertThat(reply.statusCode()).as(reply.body()).isBetween(200, 204);
    }
  }

  /// Samples in blocks and in memory, written through all distributors by turn, to a process alone
  /// as well. Written once.
  private long metrics() throws Exception {
    if (metricsEnd.isEmpty()) {
      // A whole minute plus 7 s, so that no window border falls on a subquery step.
      long now = System.currentTimeMillis() / 60_000 * 60_000 + 7_000;
      List<byte[]> bodies = new MetricsWorkload(new Random(seed)).bodies(now, 8);
      for (int i = 0; i < bodies.size(); i++) {
        if (i == bodies.size() / 2) {
          flush();
        }
        write(alone.url("one"), "metrics", bodies.get(i));
        write(distributors().get(i % distributors().size()), "metrics", bodies.get(i));
      }
      metricsEnd = Optional.of(now);
    }
    return metricsEnd.get();
  }

  private LogsDifferential logs() throws Exception {
    if (logs.isEmpty()) {
      var made = new LogsDifferential();
      made.push(endpoints(distributors(), "logs"), 1000);
      flush();
      made.push(endpoints(distributors(), "logs"), 1000);
      logs = Optional.of(made);
    }
    return logs.get();
  }

  @Test
  void generatedMetricsQueries_answerAsOneProcess() throws Exception {
    metricsAnswerAsOneProcess(QUERIES, frontends());
  }

  @Test
  void randomLogsQueries_answerAsTheNaiveModel() throws Exception {
    logsAnswerAsTheNaiveModel(QUERIES, frontends());
  }

  /// For subclasses: still so, after something has happened?
  final void everythingIsThere(List<String> frontends) throws Exception {
    metricsAnswerAsOneProcess(QUERIES / 3, frontends);
    logsAnswerAsTheNaiveModel(QUERIES / 3, frontends);
  }

  private void logsAnswerAsTheNaiveModel(int queries, List<String> frontends) throws Exception {
    logs().compare(endpoints(frontends, "logs"), queries, String.valueOf(frontends));
  }

  private void metricsAnswerAsOneProcess(int queries, List<String> frontends) throws Exception {
    long now = metrics();
    PrometheusApi single = api(alone.url("one"), "metrics");
    var all = new Question("count(count_over_time({__name__!=\"\"}[3h]))", now / 1000.0, 0, 0);
    compare(all, single, api(frontends.getFirst(), "metrics"));
    int answered = 0;
    for (int i = 0; i < queries; i++) {
      double end = now / 1000.0 - 60 * times.nextInt(60);
      double step = times.nextBoolean() ? 0 : 60 * (1 + times.nextInt(3));
      double start = step == 0 ? end : end - 60 * (1 + times.nextInt(30));
      var question = new Question(generator.next(), start, end, step);
      answered += compare(question, single, api(frontends.get(i % frontends.size()), "metrics"));
    }
    assertThat(answered).as("queries with an answer").isGreaterThan(queries / 2);
  }

  /// @return 1 when there was something to compare
  private int compare(Question question, PrometheusApi single, PrometheusApi cluster)
      throws Exception {
    PrometheusApi.Answer expected = question.ask(single);
    PrometheusApi.Answer actual = question.ask(cluster);
    assertThat(AnswerDifference.between(expected, actual))
        .as("seed " + seed + ": " + question)
        .isEmpty();
    assertThat(actual.json().path("warnings")).isEqualTo(expected.json().path("warnings"));
    assertThat(actual.json().path("infos")).isEqualTo(expected.json().path("infos"));
    return expected.isSuccess() && !expected.result().isEmpty() ? 1 : 0;
  }

  @Test
  void namesValuesAndSeries_areThoseOfOneProcess() throws Exception {
    metrics();
    PrometheusApi single = api(alone.url("one"), "metrics");
    String[] match = {"match[]", "{job=\"api\"}"};
    for (String path :
        List.of("/api/v1/series", "/api/v1/labels", "/api/v1/label/instance/values")) {
      var expected = single.get(path, match);
      assertThat(expected.json().path("data")).isNotEmpty();
      for (String frontend : frontends()) {
        assertThat(api(frontend, "metrics").get(path, match)).as(path).isEqualTo(expected);
      }
    }
  }

  @Test
  void tenants_neverMeet() throws Exception {
    metrics();
    for (String frontend : frontends()) {
      assertThat(api(frontend, "nobody").query("{__name__!=\"\"}", 0).result()).isEmpty();
      assertThat(api(frontend, "nobody").get("/api/v1/labels").json().path("data")).isEmpty();
      var request = HttpRequest.newBuilder(URI.create(frontend + "/prometheus/api/v1/labels"));
      assertThat(http.send(request.build(), BodyHandlers.ofString()).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void scriptsOfPrometheus_answerAsInOneProcess() throws Exception {
    Optional<Path> scripts = ConformanceScripts.directory();
    assumeTrue(scripts.isPresent(), "no conformance data: scripts of Prometheus skipped");
    var parts = new ArrayList<>(ConformanceScripts.parts(scripts.get()));
    java.util.Collections.shuffle(parts, new Random(seed));
    int asked = 0;
    int answered = 0;
    for (ConformanceScripts.Part part : parts) {
      if (!WHOLE_CONFORMANCE && asked > CONFORMANCE_QUESTIONS) {
        break;
      }
      for (ConformanceScripts.Step step : part.steps()) {
        switch (step) {
          case Load(byte[] body) -> {
            write(alone.url("one"), part.name(), body);
            write(distributors().get(asked % distributors().size()), part.name(), body);
          }
          case Question question -> {
            String frontend = frontends().get(asked++ % frontends().size());
            answered +=
                compare(question, api(alone.url("one"), part.name()), api(frontend, part.name()));
          }
        }
      }
    }
    System.out.println(
        getClass().getSimpleName()
            + ": "
            + asked
            + " questions of Prometheus's scripts, "
            + answered
            + " with an answer");
    assertThat(answered).isGreaterThan(asked / 2);
  }

  /// Why it matters: senders repeat what was not answered, and each copy has what the others have.
  @Test
  void linesSentTwice_areFollowedAndCountedOnce() throws Exception {
    long start = System.currentTimeMillis() - 4 * 3600_000L;
    int lines = 60;
    try (var loki = new LokiApi(frontends().getLast(), "followed")) {
      var frames = loki.tail("{app=~\"a.*\"}");
      for (int i = 0; i < lines; i++) {
        for (int sent = 0; sent <= i % 2; sent++) {
          Endpoint to =
              endpoints(distributors(), "followed").get((i + sent) % distributors().size());
          var reply =
              to.post(
                  "/loki/api/v1/push",
                  ClusterLoad.line("a" + i % 7, (start + i * 1000L) * 1_000_000, "line " + i),
                  "Content-Type",
                  "application/json");
          assertThat(reply.statusCode()).as(reply.body()).isEqualTo(204);
        }
        if (i == lines / 2) {
          flush();
        }
      }
      var shown = new TreeSet<String>();
      while (shown.size() < lines) {
        String frame = frames.poll(20, TimeUnit.SECONDS);
        assertThat(frame).as("after %s", shown).isNotNull();
        for (var entry : LokiApi.entries(JSON.readTree(frame).path("streams"))) {
          assertThat(shown.add(entry.line())).as(entry.line()).isTrue();
        }
      }
    }
    String from = String.valueOf(start * 1_000_000);
    String to = String.valueOf((start + lines * 1000L) * 1_000_000);
    for (String frontend : frontends()) {
      try (var loki = new LokiApi(frontend, "followed")) {
        String query = "sum(count_over_time({app=~\"a.*\"} |= \"line\" [10m]))";
        assertThat(loki.get("query", "query", query, "time", to).at("/data/result/0/value/1"))
            .hasToString("\"" + lines + "\"");
        assertThat(loki.texts("label/app/values", "start", from, "end", to)).hasSize(7);
        var stats = loki.get("index/stats", "query", "{app=~\"a.*\"}", "start", from, "end", to);
        // One copy's share, rounded.
        assertThat(stats.path("entries").asInt()).isBetween(lines - 2, lines + 2);
      }
    }
  }
}
