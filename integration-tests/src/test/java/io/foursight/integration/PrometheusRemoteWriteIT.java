package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real Prometheus that scrapes itself (and a node exporter where there is one) writes to the
/// packaged server, and the README's first query shows its data.
class PrometheusRemoteWriteIT {
  @Test
  void aScrapingPrometheus_isReadBack(@TempDir Path directory) throws Exception {
    var prometheus = RealPrograms.find("prometheus");
    assumeTrue(prometheus.isPresent(), "no `prometheus` on the PATH: remote write test skipped");
    var exporter = RealPrograms.find("prometheus-node-exporter");
    int port = FoursightProcess.freePort();
    int exporterPort = FoursightProcess.freePort();
    try (var server = new FoursightProcess(directory.resolve("foursight")).start();
        var api = new PrometheusApi(server.url() + "/prometheus")) {
      Path config =
          Files.writeString(
              directory.resolve("prometheus.yml"),
              """
              global:
                scrape_interval: 1s
              scrape_configs:
                - job_name: prometheus
                  static_configs: [{targets: ["127.0.0.1:%d"]}]
                - job_name: node
                  static_configs: [{targets: ["127.0.0.1:%d"]}]
              remote_write:
                - url: %s/api/v1/push
                  send_exemplars: true
                  metadata_config: {send: true, send_interval: 1s}
              """
                  .formatted(port, exporterPort, server.url()));
      var processes = new java.util.ArrayList<Process>();
      try {
        if (exporter.isPresent()) {
          processes.add(
              new ProcessBuilder(
                      exporter.get().toString(), "--web.listen-address=127.0.0.1:" + exporterPort)
                  .redirectErrorStream(true)
                  .redirectOutput(directory.resolve("exporter.log").toFile())
                  .start());
        }
        processes.add(
            new ProcessBuilder(
                    prometheus.get().toString(),
                    "--config.file=" + config,
                    "--storage.tsdb.path=" + directory.resolve("tsdb"),
                    "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile())
                .start());
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(() -> {
              var up = api.query("up{job=\"prometheus\"}", now());
              assertThat(up.result())
                  .as(Files.readString(directory.resolve("prometheus.log")))
                  .hasSize(1);
              assertThat(up.result().get(0).path("value").get(1).asText()).isEqualTo("1");
            });
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(() ->
                assertThat(
                        api.query("rate(prometheus_http_requests_total[10s]) >= 0", now()).result())
                    .isNotEmpty());
        if (exporter.isPresent()) {
          await()
              .atMost(Duration.ofSeconds(60))
              .untilAsserted(() -> assertThat(api.query("node_load1", now()).result()).hasSize(1));
        }
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(() -> {
              var metadata = api.get("/api/v1/metadata", "metric", "up");
              assertThat(metadata.isSuccess()).isTrue();
              var known = api.get("/api/v1/metadata").json().path("data");
              assertThat(known.path("prometheus_http_requests_total").path(0).path("type").asText())
                  .isEqualTo("counter");
            });
      } finally {
        for (Process process : processes) {
          process.destroy();
          process.waitFor();
        }
      }
    }
  }

  private static double now() {
    return System.currentTimeMillis() / 1000.0;
  }
}
