package io.foursight.cmd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.config.ConfigReference;
import io.foursight.config.LoadedConfig;
import io.foursight.runtime.http.Door;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The composed server on ports that the system chooses, over its public protocols.
class FoursightTest {
  private static final String SAMPLE =
      """
      {"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"t"}}]},
      "scopeMetrics":[{"metrics":[{"name":"hello","gauge":{"dataPoints":[
      {"timeUnixNano":"%d","asDouble":4.5}]}}]}]}]}\
      """;

  @TempDir Path dir;
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void whatIsWrittenIsReadBack_alsoAfterARestart() throws Exception {
    try (var foursight = new Foursight(config())) {
      foursight.start();
      String body = SAMPLE.formatted(System.currentTimeMillis() * 1_000_000);
      var written =
          http.send(
              request(foursight, Door.OTLP_HTTP, "/v1/metrics")
                  .header("content-type", "application/json")
                  .POST(BodyPublishers.ofString(body))
                  .build(),
              BodyHandlers.ofString());
      assertThat(written.statusCode()).as(written.body()).isEqualTo(200);
      assertThat(get(foursight, "/prometheus/api/v1/query?query=hello").body()).contains("\"4.5\"");
    }
    try (var again = new Foursight(config())) {
      again.start();
      assertThat(get(again, "/prometheus/api/v1/query?query=hello").body()).contains("\"4.5\"");
    }
  }

  @Test
  void adminPages_answerInTheirShapes() throws Exception {
    try (var foursight = new Foursight(config("-storage.s3.secret-access-key=hunter2"))) {
      foursight.start();
      assertThat(get(foursight, "/ready").body()).isEqualTo("ready\n");
      assertThat(get(foursight, "/services").body()).contains("ingester => Running");
      assertThat(get(foursight, "/metrics").body())
          .contains("jvm_memory_used_bytes")
          .contains("process_cpu_usage")
          .contains("foursight_build_info");
      assertThat(get(foursight, "/config").body())
          .contains("target: all")
          .doesNotContain("hunter2");
      assertThat(get(foursight, "/config?mode=diff").body()).doesNotContain("target");
      for (String api : List.of("", "/prometheus")) {
        assertThat(get(foursight, api + "/api/v1/status/config").body())
            .startsWith("{\"status\":\"success\",\"data\":{\"yaml\":\"")
            .contains("target: all\\n")
            .doesNotContain("hunter2", "\n");
      }
      assertThat(get(foursight, "/config?mode=odd").statusCode()).isEqualTo(400);
      assertThat(get(foursight, "/runtime_config").body()).startsWith("overrides:");
      assertThat(get(foursight, "/log_level").body()).contains("Current log level is");
      for (Door door : List.of(Door.MAIN, Door.LOGS, Door.OTLP_HTTP)) {
        var flush = request(foursight, door, "/flush").POST(BodyPublishers.noBody()).build();
        assertThat(http.send(flush, BodyHandlers.ofString()).statusCode()).isEqualTo(204);
      }
    }
  }

  @Test
  void aTarget_startsItsComponentsAndWhatTheyNeed() throws Exception {
    try (var foursight = new Foursight(config("-target=compactor"))) {
      foursight.start();
      assertThat(get(foursight, "/services").body())
          .isEqualTo("ring => Running\nstorage => Running\ncompactor => Running\n");
      assertThat(get(foursight, "/prometheus/api/v1/query?query=1").statusCode()).isEqualTo(404);
    }
    assertThatThrownBy(() -> new Foursight(config("-target=quierier")))
        .hasMessageContaining("target \"quierier\" does not exist");
  }

  /// The page is generated; `-Dupdate.docs=true` on this test writes it.
  @Test
  void theReferencePage_isCurrent() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("mvnw"))) {
      root = root.getParent();
    }
    Path page = root.resolve("docs/configuration.md");
    String now = ConfigReference.markdown(FoursightConfig.schema());
    if (Boolean.getBoolean("update.docs")) {
      Files.createDirectories(page.getParent());
      Files.writeString(page, now);
    }
    assertThat(page).content().isEqualTo(now);
  }

  @Test
  void checkConfig_findsErrorsAndShowsWhatDiffers() throws IOException {
    Path file = dir.resolve("c.yaml");
    Files.writeString(file, "server: {http_listen_port: 9}\n");
    var out = new ByteArrayOutputStream();
    int code =
        Main.run(List.of("check", "config", file.toString()), new PrintStream(out), System.err);
    assertThat(code).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("http_listen_port: 9");
    Files.writeString(file, "server: {http_listen_prt: 9}\n");
    var err = new ByteArrayOutputStream();
    assertThat(
            Main.run(List.of("check", "config", file.toString()), System.out, new PrintStream(err)))
        .isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("did you mean server.http_listen_port?");
  }

  /// Found by the first write, it would be the sender's trouble.
  @Test
  void checkConfig_findsARelabelRuleThatDoesNotCompile() throws IOException {
    Path file = dir.resolve("c.yaml");
    Path overrides = dir.resolve("o.yaml");
    String rule = "{metric_relabel_configs: [{action: drop, regex: 'a('}]}\n";
    Files.writeString(file, "limits: " + rule);
    assertThat(checked(file)).contains("limits.metric_relabel_configs[0].regex: ");
    Files.writeString(file, "runtime_config: {file: \"" + overrides + "\"}\n");
    Files.writeString(overrides, "overrides: {t1: " + rule + "}\n");
    assertThat(checked(file))
        .contains("overrides of t1: ", "limits.metric_relabel_configs[0].regex: ");
  }

  /// What the check of a wrong file complains about.
  private static String checked(Path file) {
    var err = new ByteArrayOutputStream();
    int code =
        Main.run(List.of("check", "config", file.toString()), System.out, new PrintStream(err));
    assertThat(code).isEqualTo(2);
    return err.toString(StandardCharsets.UTF_8);
  }

  private LoadedConfig<FoursightConfig> config(String... flags) {
    List<String> all = new ArrayList<>(List.of(flags));
    all.add("-storage.data-dir=" + dir.resolve("data"));
    all.add("-server.http-listen-address=127.0.0.1");
    all.add("-server.grpc-listen-address=127.0.0.1");
    for (String door :
        List.of("http", "logs", "traces", "profiles", "otlp-http", "otlp-grpc", "grpc")) {
      all.add("-server." + door + "-listen-port=-1");
    }
    return CommandLine.parse(all).load(FoursightConfig.schema());
  }

  private static HttpRequest.Builder request(Foursight foursight, Door door, String path) {
    int port = foursight.address(door).orElseThrow().getPort();
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private HttpResponse<String> get(Foursight foursight, String path)
      throws IOException, InterruptedException {
    return http.send(request(foursight, Door.MAIN, path).build(), BodyHandlers.ofString());
  }
}
