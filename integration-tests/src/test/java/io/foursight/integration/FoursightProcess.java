package io.foursight.integration;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The packaged jar as a process of its own, on free ports over a data directory. It can be killed
/// at any instant and started again on the same directory and ports. Owned by one test.
final class FoursightProcess implements Endpoint, AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(180);
  private static final Set<Integer> GIVEN_PORTS = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final Map<String, String> flags = new LinkedHashMap<>();
  private final int httpPort = freePort();
  private final int otlpGrpcPort = freePort();
  private final int otlpHttpPort = freePort();
  private final Path log;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private Process process;

  /// @param directory holds `data` and `server.log`; the caller deletes it
  FoursightProcess(Path directory) {
    this.directory = directory;
    this.log = directory.resolve("server.log");
    flag("server.http-listen-address", "127.0.0.1");
    flag("server.http-listen-port", String.valueOf(httpPort));
    flag("server.otlp-grpc-listen-port", String.valueOf(otlpGrpcPort));
    flag("server.otlp-http-listen-port", String.valueOf(otlpHttpPort));
    for (String closed :
        List.of(
            "logs-listen-port", "traces-listen-port", "profiles-listen-port", "grpc-listen-port")) {
      flag("server." + closed, "0");
    }
    flag("storage.data-dir", directory.resolve("data").toString());
  }

  FoursightProcess flag(String name, String value) {
    flags.put(name, value);
    return this;
  }

  FoursightProcess start() throws IOException, InterruptedException {
    launch();
    awaitReady();
    return this;
  }

  /// Starts without waiting, for tests of failing starts.
  Process launch() throws IOException {
    Files.createDirectories(directory);
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseCompactObjectHeaders",
            // Servers of tests live for seconds: what they would spend on optimizing is all lost.
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-Xmx1g",
            "-jar",
            jar().toString()));
    flags.forEach((name, value) -> command.add("-" + name + "=" + value));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return process;
  }

  void awaitReady() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    while (System.nanoTime() - deadline < 0) {
      if (!process.isAlive()) {
        throw new IllegalStateException(
            "server exited with " + process.exitValue() + "\n" + logText());
      }
      try {
        if (get("/ready").statusCode() == 200) {
          return;
        }
      } catch (IOException notListeningYet) {
        // Asked again below.
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    // What its threads are at goes into its log.
    new ProcessBuilder("kill", "-QUIT", String.valueOf(process.pid())).start().waitFor();
    TimeUnit.SECONDS.sleep(2);
    throw new IllegalStateException("server not ready after " + START_TIMEOUT + "\n" + logText());
  }

  static Path jar() {
    Path root = Path.of("").toAbsolutePath();
    while (root != null && !Files.exists(root.resolve("mvnw"))) {
      root = root.getParent();
    }
    Path jar = root.resolve("cmd/target/foursight.jar");
    if (!Files.exists(jar)) {
      throw new IllegalStateException("no " + jar + ": run ./mvnw package first");
    }
    return jar;
  }

  /// Below the ports that systems give to outgoing connections: one of those could take it while
  /// the server is down between a kill and its next start. No port is given twice, for many are
  /// taken long after they were asked for; test processes side by side have odd and even ones.
  static int freePort() {
    int fork = Integer.getInteger("surefire.forkNumber", 1);
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = 2 * ThreadLocalRandom.current().nextInt(7_500, 16_000) + fork % 2;
      if (!GIVEN_PORTS.add(port)) {
        continue;
      }
      try (var socket = new ServerSocket(port)) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        // Another one, then.
      }
    }
    throw new IllegalStateException("no free port between 15000 and 32000");
  }

  String url() {
    return "http://127.0.0.1:" + httpPort;
  }

  int httpPort() {
    return httpPort;
  }

  int otlpGrpcPort() {
    return otlpGrpcPort;
  }

  int otlpHttpPort() {
    return otlpHttpPort;
  }

  Path dataDirectory() {
    return Path.of(flags.get("storage.data-dir"));
  }

  long pid() {
    return process.pid();
  }

  String logText() {
    try {
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      return "unreadable log: " + e;
    }
  }

  @Override
  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(url() + path)).timeout(Duration.ofSeconds(60)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public HttpResponse<String> post(String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(url() + path))
            .timeout(Duration.ofSeconds(60))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /// SIGKILL: no shutdown hook runs.
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /// SIGTERM, and the exit code.
  int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("server did not stop within 120 s\n" + logText());
    }
    return process.exitValue();
  }

  void deleteData() throws IOException {
    try (Stream<Path> files = Files.walk(dataDirectory())) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Override
  public void close() {
    if (process != null && process.isAlive()) {
      process.destroyForcibly();
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    http.close();
  }
}
