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

/// The command: `write`, then `check`, then `query`, or `all` three. The same seed, streams, start
/// and megabytes always give the same entries, whatever the number of senders.
@Command(
    name = "logs-load",
    mixinStandardHelpOptions = true,
    description = "Seeded logs, checked answers and timed queries for any Loki-compatible server.")
public final class LogsLoad implements Callable<Integer> {
  /// What to do.
  enum Mode {
    write,
    check,
    query,
    all
  }

  /// How entries are pushed.
  enum Encoding {
    json,
    protobuf
  }

  @CommandLine.Parameters(description = "write, check, query or all")
  private Mode mode = Mode.all;

  @Option(names = "--write-url", description = "push URL (default: ${DEFAULT-VALUE})")
  private String writeUrl = "http://127.0.0.1:3100/loki/api/v1/push";

  @Option(names = "--query-url", description = "base of the query API (default: ${DEFAULT-VALUE})")
  private String queryUrl = "http://127.0.0.1:3100/loki/api/v1";

  @Option(names = "--tenant", description = "X-Scope-OrgID; none when empty")
  private String tenant = "";

  @Option(
      names = "--encoding",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Encoding encoding = Encoding.json;

  @Option(names = "--mb", description = "about so many MB of lines (default: ${DEFAULT-VALUE})")
  private int megabytes = 400;

  @Option(
      names = "--warm-up-mb",
      description =
          "of other entries, of other services two days earlier, sent first and not counted, so"
              + " that a Java server is measured as it will run for months (default:"
              + " ${DEFAULT-VALUE})")
  private int warmUpMegabytes;

  @Option(names = "--streams", description = "(default: ${DEFAULT-VALUE})")
  private int streams = 96;

  @Option(names = "--start", description = "epoch seconds (default: the last full hour minus one)")
  private long start;

  @Option(names = "--seed", description = "(default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Option(names = "--senders", description = "(default: ${DEFAULT-VALUE})")
  private int senders = 4;

  @Option(names = "--batch-kb", description = "of lines a request (default: ${DEFAULT-VALUE})")
  private int batchKilobytes = 512;

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
    System.exit(new CommandLine(new LogsLoad()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    long first = start > 0 ? start : System.currentTimeMillis() / 3_600_000 * 3600 - 3600;
    long startNanos = first * 1_000_000_000L;
    var workload = new LogWorkload(seed, streams, startNanos);
    long endNanos = startNanos + (long) (workload.seconds(megabytes * 1_000_000L) * 1e9);
    System.out.println(
        "--start " + first + " --seed " + seed + " --mb " + megabytes + " --streams " + streams);
    int failures = 0;
    if (mode == Mode.write || mode == Mode.all) {
      warmUp(startNanos);
      failures += write(workload, startNanos, endNanos);
    }
    var queries = new LogQuerySet(queryUrl, tenant, workload, startNanos, endNanos);
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
    if (warmUpMegabytes == 0) {
      return;
    }
    long from = startNanos - Duration.ofDays(2).toNanos();
    var workload = new LogWorkload(seed + 1, streams, from);
    var sender = sender(workload);
    sender.run(senders, from, from + (long) (workload.seconds(warmUpMegabytes * 1_000_000L) * 1e9));
    flush();
    TimeUnit.SECONDS.sleep(settleSeconds);
    System.out.printf(
        Locale.ROOT, "warmed up with %,d lines; stored %,d bytes%n", sender.lines(), stored());
  }

  private LogPushSender sender(LogWorkload workload) {
    return new LogPushSender(
        workload, writeUrl, tenant, encoding == Encoding.protobuf, batchKilobytes << 10);
  }

  private int write(LogWorkload workload, long startNanos, long endNanos)
      throws IOException, InterruptedException {
    long storedBefore = stored();
    double cpu = cpuSeconds();
    long before = System.nanoTime();
    var sender = sender(workload);
    sender.run(senders, startNanos, endNanos);
    double seconds = (System.nanoTime() - before) / 1e9;
    double cpuWritten = cpuSeconds();
    double gigabytes = sender.bytes() / 1e9;
    System.out.printf(
        Locale.ROOT,
        "wrote %,d lines of %,d bytes in %.1f s: %.1f MB/s; refused %d%n",
        sender.lines(),
        sender.bytes(),
        seconds,
        gigabytes * 1000 / seconds,
        sender.refused());
    flush();
    TimeUnit.SECONDS.sleep(settleSeconds);
    if (pid > 0) {
      System.out.printf(
          Locale.ROOT,
          "server CPU %.2f s/GB until the last answer, %.2f s/GB with flush and settling%n",
          (cpuWritten - cpu) / gigabytes,
          (cpuSeconds() - cpu) / gigabytes);
    }
    if (!disk.isEmpty()) {
      long bytes = stored() - storedBefore;
      System.out.printf(
          Locale.ROOT, "stored %,d bytes, ratio %.2f%n", bytes, sender.bytes() / (double) bytes);
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
      return files.filter(Files::isRegularFile).mapToLong(LogsLoad::size).sum();
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
