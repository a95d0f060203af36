package io.foursight.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The command: `write`, then `check`, then `query`, or `all` three. The same seed, spans, start
/// and minutes always give the same traces, whatever the number of senders.
@Command(
    name = "traces-load",
    mixinStandardHelpOptions = true,
    description =
        "Seeded traces, checked answers and timed queries for any Tempo-compatible server.")
public final class TracesLoad implements Callable<Integer> {
  /// What to do.
  enum Mode {
    write,
    check,
    query,
    all
  }

  @CommandLine.Parameters(description = "write, check, query or all")
  private Mode mode = Mode.all;

  @Option(names = "--write-url", description = "OTLP over HTTP (default: ${DEFAULT-VALUE})")
  private String writeUrl = "http://127.0.0.1:4318/v1/traces";

  @Option(names = "--query-url", description = "base of the query API (default: ${DEFAULT-VALUE})")
  private String queryUrl = "http://127.0.0.1:3200";

  @Option(names = "--tenant", description = "X-Scope-OrgID; none when empty")
  private String tenant = "";

  @Option(names = "--spans", description = "about so many (default: ${DEFAULT-VALUE})")
  private long spans = 1_000_000;

  @Option(names = "--minutes", description = "over which they lie (default: ${DEFAULT-VALUE})")
  private int minutes = 60;

  @Option(
      names = "--warm-up-spans",
      description =
          "of other traces two days earlier, sent first and not counted, so that a Java server is"
              + " measured as it will run for months (default: ${DEFAULT-VALUE})")
  private long warmUpSpans;

  @Option(names = "--start", description = "epoch seconds (default: the last full hour minus one)")
  private long start;

  @Option(names = "--seed", description = "(default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Option(names = "--senders", description = "(default: ${DEFAULT-VALUE})")
  private int senders = 4;

  @Option(names = "--batch-spans", description = "a request (default: ${DEFAULT-VALUE})")
  private int batchSpans = 1000;

  @Option(names = "--repetitions", description = "of each query (default: ${DEFAULT-VALUE})")
  private int repetitions = 15;

  @Option(names = "--pid", description = "process id of the server, to report its CPU time (Linux)")
  private long pid;

  @Option(names = "--settle", description = "seconds to wait behind writing (default: none)")
  private int settleSeconds;

  @Option(names = "--flush-url", description = "posted to when all is written; CPU is counted")
  private String flushUrl = "";

  @Option(names = "--disk", description = "directory of stored objects, to report their size")
  private String disk = "";

  public static void main(String[] args) {
    System.exit(new CommandLine(new TracesLoad()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    long first = start > 0 ? start : System.currentTimeMillis() / 3_600_000 * 3600 - 3600;
    long startNanos = first * 1_000_000_000L;
    var workload = new TraceWorkload(seed, spans, startNanos, minutes);
    System.out.println(
        "--start " + first + " --seed " + seed + " --spans " + spans + " --minutes " + minutes);
    int failures = 0;
    if (mode == Mode.write || mode == Mode.all) {
      warmUp(startNanos);
      failures += write(workload);
    }
    var queries = new TraceQuerySet(queryUrl, tenant, workload);
    if (mode == Mode.check || mode == Mode.all) {
      failures += queries.check();
    }
    if (mode == Mode.query || mode == Mode.all) {
      queries.time(repetitions, this::cpuSeconds);
    }
    return failures == 0 ? 0 : 1;
  }

  /// Two days earlier, so in a block of its own and in no query's range.
  private void warmUp(long startNanos) throws IOException, InterruptedException {
    if (warmUpSpans == 0) {
      return;
    }
    long from = startNanos - Duration.ofDays(2).toNanos();
    var sender = sender(new TraceWorkload(seed + 1, warmUpSpans, from, minutes));
    sender.run(senders);
    flush();
    TimeUnit.SECONDS.sleep(settleSeconds);
    System.out.printf(
        Locale.ROOT, "warmed up with %,d spans; stored %,d bytes%n", sender.spans(), stored());
  }

  private TracePushSender sender(TraceWorkload workload) {
    return new TracePushSender(workload, writeUrl, tenant, batchSpans);
  }

  private int write(TraceWorkload workload) throws IOException, InterruptedException {
    long storedBefore = stored();
    double cpu = cpuSeconds();
    long before = System.nanoTime();
    var sender = sender(workload);
    sender.run(senders);
    double seconds = (System.nanoTime() - before) / 1e9;
    double cpuWritten = cpuSeconds();
    System.out.printf(
        Locale.ROOT,
        "wrote %,d spans of %,d traces, %,d bytes of OTLP, in %.1f s: %,.0f spans/s; refused %d%n",
        sender.spans(),
        sender.traces(),
        sender.bytes(),
        seconds,
        sender.spans() / seconds,
        sender.refused());
    flush();
    TimeUnit.SECONDS.sleep(settleSeconds);
    if (pid > 0) {
      System.out.printf(
          Locale.ROOT,
          "server: %,.0f spans a CPU second until the last answer, %,.0f with flush and settling%n",
          sender.spans() / (cpuWritten - cpu),
          sender.spans() / (cpuSeconds() - cpu));
    }
    if (!disk.isEmpty()) {
      long bytes = stored() - storedBefore;
      System.out.printf(
          Locale.ROOT, "stored %,d bytes, %.1f a span%n", bytes, bytes / (double) sender.spans());
    }
    return sender.refused() > 0 ? 1 : 0;
  }

  private void flush() throws IOException, InterruptedException {
    if (flushUrl.isEmpty()) {
      return;
    }
    try (var http = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create(flushUrl)).POST(HttpRequest.BodyPublishers.noBody());
      var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() / 100 != 2) {
        throw new IOException("flush: " + response.statusCode() + " " + response.body());
      }
    }
  }

  private long stored() throws IOException {
    if (disk.isEmpty() || !Files.exists(Path.of(disk))) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(Path.of(disk))) {
      return files.filter(Files::isRegularFile).mapToLong(TracesLoad::size).sum();
    }
  }

  /// A file may go while we look.
  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  private double cpuSeconds() {
    if (pid <= 0) {
      return 0;
    }
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
