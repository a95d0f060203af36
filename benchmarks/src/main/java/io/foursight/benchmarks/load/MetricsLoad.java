package io.foursight.benchmarks.load;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The command: `write`, then `check`, then `query`, or `all` three. The same seed, series, start
/// and interval always give the same data, whatever the number of senders.
@Command(
    name = "metrics-load",
    mixinStandardHelpOptions = true,
    description =
        "Seeded scrape load, checked answers and timed queries for any Prometheus-compatible"
            + " server.")
public final class MetricsLoad implements Callable<Integer> {
  /// What to do.
  enum Mode {
    write,
    check,
    query,
    all
  }

  @CommandLine.Parameters(description = "write, check, query or all")
  private Mode mode = Mode.all;

  @Option(names = "--write-url", description = "remote write URL (default: ${DEFAULT-VALUE})")
  private String writeUrl = "http://127.0.0.1:8080/api/v1/push";

  @Option(names = "--query-url", description = "base of the query API (default: ${DEFAULT-VALUE})")
  private String queryUrl = "http://127.0.0.1:8080/prometheus/api/v1";

  @Option(names = "--tenant", description = "X-Scope-OrgID; none when empty")
  private String tenant = "";

  @Option(names = "--series", description = "(default: ${DEFAULT-VALUE})")
  private int series = 20_000;

  @Option(names = "--minutes", description = "(default: ${DEFAULT-VALUE})")
  private int minutes = 60;

  @Option(names = "--interval-seconds", description = "(default: ${DEFAULT-VALUE})")
  private int intervalSeconds = 15;

  @Option(
      names = "--start",
      description =
          "epoch seconds of the first scrape (default: the last full hour minus the minutes)")
  private long start;

  @Option(names = "--seed", description = "(default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Option(names = "--senders", description = "(default: ${DEFAULT-VALUE})")
  private int senders = 4;

  @Option(names = "--batch", description = "samples a request (default: ${DEFAULT-VALUE})")
  private int batch = 2000;

  @Option(names = "--repetitions", description = "of each query (default: ${DEFAULT-VALUE})")
  private int repetitions = 15;

  @Option(names = "--checks", description = "series to check (default: ${DEFAULT-VALUE})")
  private int checks = 200;

  @Option(names = "--pid", description = "process id of the server, to report its CPU time (Linux)")
  private long pid;

  public static void main(String[] args) {
    System.exit(new CommandLine(new MetricsLoad()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    long first = start > 0 ? start : System.currentTimeMillis() / 3_600_000 * 3600 - minutes * 60L;
    long scrapes = minutes * 60L / intervalSeconds;
    var workload = new ScrapeWorkload(seed, series, first * 1000, intervalSeconds * 1000L);
    System.out.println(
        "start " + first + " seed " + seed + ": " + series + " series, " + scrapes + " scrapes");
    int failures = 0;
    if (mode == Mode.write || mode == Mode.all) {
      var sender = new RemoteWriteSender(workload, writeUrl, tenant, batch);
      double cpu = cpuSeconds();
      long before = System.nanoTime();
      sender.run(senders, scrapes);
      double seconds = (System.nanoTime() - before) / 1e9;
      System.out.printf(
          Locale.ROOT,
          "wrote %,d samples in %.1f s: %,.0f/s%s; refused %d%n",
          sender.sent(),
          seconds,
          sender.sent() / seconds,
          pid > 0
              ? String.format(
                  Locale.ROOT,
                  ", %.3f us of server CPU a sample",
                  (cpuSeconds() - cpu) * 1e6 / sender.sent())
              : "",
          sender.refused());
      failures += sender.refused() > 0 ? 1 : 0;
    }
    var queries = new QuerySet(queryUrl, tenant);
    if (mode == Mode.check || mode == Mode.all) {
      failures += queries.check(workload, scrapes, checks, seed);
    }
    if (mode == Mode.query || mode == Mode.all) {
      queries.time(first, first + minutes * 60L, repetitions, seed);
    }
    return failures == 0 ? 0 : 1;
  }

  private double cpuSeconds() throws java.io.IOException {
    if (pid <= 0) {
      return 0;
    }
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
  }
}
