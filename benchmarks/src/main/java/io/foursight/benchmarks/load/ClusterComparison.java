package io.foursight.benchmarks.load;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What it costs to be several: the same load, check and queries against one process, three that
/// share the series, and three that all have them, on this machine. Prints the CPU time of all
/// processes together (Linux), which a busy machine distorts less than the time on the wall.
@Command(
    name = "cluster-comparison",
    mixinStandardHelpOptions = true,
    description = "compares one process with clusters of three")
public final class ClusterComparison implements Callable<Integer> {
  private static final int READY_SECONDS = 120;

  /// @param processes how many, each with `-target=all`
  /// @param copies of each sample
  private record Shape(String name, int processes, int copies) {}

  private static final List<Shape> SHAPES =
      List.of(
          new Shape("one process", 1, 1),
          new Shape("three processes, one copy", 3, 1),
          new Shape("three processes, three copies", 3, 3));

  @Option(names = "--jar", description = "(default: ${DEFAULT-VALUE})")
  private Path jar = Path.of("cmd/target/foursight.jar");

  @Option(names = "--directory", required = true, description = "for data and logs")
  private Path directory;

  @Option(names = "--series", description = "(default: ${DEFAULT-VALUE})")
  private int series = 20_000;

  @Option(names = "--minutes", description = "(default: ${DEFAULT-VALUE})")
  private int minutes = 30;

  @Option(
      names = "--warm-up-minutes",
      description = "written and asked first, not counted (default: ${DEFAULT-VALUE})")
  private int warmUpMinutes = 5;

  @Option(names = "--repetitions", description = "of each query (default: ${DEFAULT-VALUE})")
  private int repetitions = 5;

  @Option(names = "--checks", description = "series to check (default: ${DEFAULT-VALUE})")
  private int checks = 60;

  @Option(names = "--seed", description = "(default: ${DEFAULT-VALUE})")
  private long seed = 1;

  private final HttpClient http = HttpClient.newHttpClient();

  public static void main(String[] args) {
    System.exit(new CommandLine(new ClusterComparison()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    int failures = 0;
    for (Shape shape : SHAPES) {
      System.out.println("== " + shape.name());
      failures += run(shape);
    }
    return failures == 0 ? 0 : 1;
  }

  private int run(Shape shape) throws Exception {
    Path home = directory.resolve(shape.name().replaceAll("\\W+", "-"));
    var processes = new ArrayList<Process>();
    try {
      List<Integer> doors = Stream.generate(this::freePort).limit(shape.processes()).toList();
      List<Integer> gossip = Stream.generate(this::freePort).limit(shape.processes()).toList();
      for (int i = 0; i < shape.processes(); i++) {
        processes.add(start(shape, home, i, doors.get(i), gossip));
      }
      for (int door : doors) {
        awaitReady(door);
      }
      return measure("http://127.0.0.1:" + doors.getFirst(), processes);
    } finally {
      for (Process process : processes) {
        process.destroy();
      }
      for (Process process : processes) {
        boolean unused = process.waitFor(60, TimeUnit.SECONDS);
      }
    }
  }

  /// @return failures
  private int measure(String url, List<Process> processes) throws Exception {
    long now = System.currentTimeMillis() / 3_600_000 * 3600;
    long first = now - minutes * 60L;
    var queries = new QuerySet(url + "/prometheus/api/v1", "");
    if (warmUpMinutes > 0) {
      var warmUp =
          new ScrapeWorkload(seed, series, (first - 7200 - warmUpMinutes * 60L) * 1000, 15_000);
      new RemoteWriteSender(warmUp, url + "/api/v1/push", "", 2000).run(4, warmUpMinutes * 4L);
      queries.time(first - 7200 - warmUpMinutes * 60L, first - 7200, 2, seed);
    }
    var workload = new ScrapeWorkload(seed, series, first * 1000, 15_000);
    var sender = new RemoteWriteSender(workload, url + "/api/v1/push", "", 2000);
    double cpu = cpuSeconds(processes);
    long begin = System.nanoTime();
    sender.run(4, minutes * 4L);
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "WRITE %,d samples, refused %d: %,.0f/s, %.3f us of CPU a sample%n",
        sender.sent(),
        sender.refused(),
        sender.sent() / seconds,
        (cpuSeconds(processes) - cpu) * 1e6 / sender.sent());
    int failures = queries.check(workload, minutes * 4L, checks, seed);
    cpu = cpuSeconds(processes);
    begin = System.nanoTime();
    queries.time(first, now, repetitions, seed);
    int asked = QuerySet.QUERIES.size() * repetitions;
    System.out.printf(
        Locale.ROOT,
        "READ %d queries: %.1f ms a query, %.1f ms of CPU a query; wrong answers %d%n",
        asked,
        (System.nanoTime() - begin) / 1e6 / asked,
        (cpuSeconds(processes) - cpu) * 1e3 / asked,
        failures);
    return failures + (sender.refused() > 0 ? 1 : 0);
  }

  private Process start(Shape shape, Path home, int i, int door, List<Integer> gossip)
      throws IOException {
    Files.createDirectories(home);
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseCompactObjectHeaders",
                "-Xmx1g",
                "-jar",
                jar.toString(),
                "-ingester.ring.replication-factor=" + shape.copies(),
                "-storage.data-dir=" + home.resolve("data-" + i),
                "-storage.filesystem.dir=" + home.resolve("objects"),
                "-server.http-listen-address=127.0.0.1",
                "-server.http-listen-port=" + door));
    for (String closed : List.of("logs", "traces", "profiles", "otlp-grpc", "otlp-http")) {
      command.add("-server." + closed + "-listen-port=0");
    }
    if (shape.processes() > 1) {
      command.add("-server.grpc-listen-address=127.0.0.1");
      command.add("-server.grpc-listen-port=" + freePort());
      command.add("-memberlist.bind-addr=127.0.0.1");
      command.add("-memberlist.bind-port=" + gossip.get(i));
      command.add(
          "-memberlist.join-members="
              + String.join(",", gossip.stream().map(port -> "127.0.0.1:" + port).toList()));
      for (String ring :
          List.of("ingester.ring", "store-gateway.sharding-ring", "compactor.sharding-ring")) {
        command.add("-" + ring + ".instance-id=p" + i);
        command.add("-" + ring + ".instance-addr=127.0.0.1");
      }
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(home.resolve("server-" + i + ".log").toFile())
        .start();
  }

  private void awaitReady(int door) throws Exception {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door + "/ready")).build();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
    while (System.nanoTime() < deadline) {
      try {
        if (http.send(request, BodyHandlers.ofString()).statusCode() == 200) {
          return;
        }
      } catch (IOException notListeningYet) {
        // Asked again below.
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new IllegalStateException("not ready after " + READY_SECONDS + " s: see " + directory);
  }

  private static double cpuSeconds(List<Process> processes) throws IOException {
    double sum = 0;
    for (Process process : processes) {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      sum += (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
    }
    return sum;
  }

  private int freePort() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
