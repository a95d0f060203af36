package io.foursight.integration;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A real Prometheus that takes remote writes and snapshots, over the data in `data` of a
/// directory. Owned by one test.
final class PrometheusProcess implements AutoCloseable {
  private final int port = FoursightProcess.freePort();
  private final Process process;

  PrometheusProcess(Path program, Path directory) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    Path config = Files.writeString(directory.resolve("prometheus.yml"), "global: {}\n");
    process =
        new ProcessBuilder(
                program.toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--web.enable-admin-api",
                "--web.enable-remote-write-receiver")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("prometheus.log").toFile())
            .start();
    try (var http = HttpClient.newHttpClient()) {
      var ready = HttpRequest.newBuilder(URI.create(url() + "/-/ready")).build();
      for (int i = 0; i < 300; i++) {
        try {
          if (http.send(ready, HttpResponse.BodyHandlers.ofString()).statusCode() == 200) {
            return;
          }
        } catch (IOException notListeningYet) {
          // Asked again below.
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
    process.destroy();
    throw new IllegalStateException(Files.readString(directory.resolve("prometheus.log")));
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }
}
