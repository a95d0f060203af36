package io.foursight.benchmarks.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.wire.protobuf.ProtoWriter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The command: `write`, then `check`, or `all` two. The same seed, services, profiles and start
/// always give the same profiles, whatever the number of senders.
@Command(
    name = "profiles-load",
    mixinStandardHelpOptions = true,
    description =
        "Seeded profiles, checked answers and timed merges for any Pyroscope-compatible server.")
public final class ProfilesLoad implements Callable<Integer> {
  /// What to do.
  enum Mode {
    write,
    check,
    all
  }

  @CommandLine.Parameters(description = "write, check or all")
  private Mode mode = Mode.all;

  @Option(names = "--url", description = "base of the API (default: ${DEFAULT-VALUE})")
  private String url = "http://127.0.0.1:4040";

  @Option(names = "--services", description = "(default: ${DEFAULT-VALUE})")
  private int services = 20;

  @Option(names = "--profiles", description = "of each service (default: ${DEFAULT-VALUE})")
  private int profiles = 360;

  @Option(names = "--start", description = "epoch seconds (default: the last full hour minus one)")
  private long start;

  @Option(names = "--seed", description = "(default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Option(names = "--senders", description = "(default: ${DEFAULT-VALUE})")
  private int senders = 4;

  @Option(names = "--pid", description = "process id of the server, to report its CPU time (Linux)")
  private long pid;

  private final HttpClient http = HttpClient.newHttpClient();

  public static void main(String[] args) {
    System.exit(new CommandLine(new ProfilesLoad()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    long first = start > 0 ? start : System.currentTimeMillis() / 3_600_000 * 3600 - 3600;
    var workload = new ProfileWorkload(seed, services, first * 1_000_000_000L);
    System.out.println(
        "--start "
            + first
            + " --seed "
            + seed
            + " --services "
            + services
            + " --profiles "
            + profiles);
    int failures = 0;
    if (mode != Mode.check) {
      failures += write(workload);
    }
    if (mode != Mode.write) {
      failures += check(workload);
    }
    http.close();
    return failures == 0 ? 0 : 1;
  }

  private int write(ProfileWorkload workload) throws InterruptedException {
    var next = new AtomicInteger();
    var bytes = new AtomicLong();
    var refused = new AtomicInteger();
    double cpu = cpuSeconds();
    long before = System.nanoTime();
    try (var pool = Executors.newFixedThreadPool(senders)) {
      for (int i = 0; i < senders; i++) {
        pool.execute(() -> {
          for (int n = next.getAndIncrement();
              n < services * profiles;
              n = next.getAndIncrement()) {
            byte[] body = push(workload, n % services, n / services);
            bytes.addAndGet(body.length);
            if (status("/push.v1.PusherService/Push", "application/proto", body) != 200) {
              refused.incrementAndGet();
            }
          }
        });
      }
    }
    double seconds = (System.nanoTime() - before) / 1e9;
    int sent = services * profiles;
    System.out.printf(
        Locale.ROOT,
        "wrote %,d profiles, %,d bytes, in %.1f s: %,.0f profiles/s; refused %d%n",
        sent,
        bytes.get(),
        seconds,
        sent / seconds,
        refused.get());
    if (pid > 0) {
      System.out.printf(
          Locale.ROOT, "server: %,.0f profiles a CPU second%n", sent / (cpuSeconds() - cpu));
    }
    return refused.get() > 0 ? 1 : 0;
  }

  private static byte[] push(ProfileWorkload workload, int service, int number) {
    var out = new ProtoWriter(1 << 15);
    int series = out.begin(1);
    for (String[] pair :
        new String[][] {
          {"__name__", "process_cpu"}, {"service_name", workload.name(service)}, {"pod", "p-0"}
        }) {
      int label = out.begin(1);
      out.string(1, pair[0]);
      out.string(2, pair[1]);
      out.end(label);
    }
    int sample = out.begin(2);
    out.bytes(1, workload.gzipped(service, number));
    out.end(sample);
    out.end(series);
    return out.toByteArray();
  }

  private int status(String path, String type, byte[] body) {
    try {
      return http.send(request(path, type, body), HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private HttpRequest request(String path, String type, byte[] body) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .timeout(Duration.ofMinutes(1))
        .header("content-type", type)
        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
  }

  /// Every service's sum, from a merge over the whole time.
  private int check(ProfileWorkload workload) throws IOException, InterruptedException {
    int failures = 0;
    var json = new ObjectMapper();
    double worst = 0;
    for (int service = 0; service < services; service++) {
      long expected = 0;
      for (int number = 0; number < profiles; number++) {
        expected += workload.total(service, number);
      }
      var query =
          json.createObjectNode()
              .put("profileTypeID", ProfileWorkload.TYPE.id())
              .put("labelSelector", "{service_name=\"" + workload.name(service) + "\"}")
              .put("start", workload.timeNanos(0) / 1_000_000)
              .put("end", workload.timeNanos(profiles) / 1_000_000);
      long before = System.nanoTime();
      var answer =
          http.send(
              request(
                  "/querier.v1.QuerierService/SelectMergeStacktraces",
                  "application/json",
                  json.writeValueAsBytes(query)),
              HttpResponse.BodyHandlers.ofByteArray());
      worst = Math.max(worst, (System.nanoTime() - before) / 1e6);
      long found = json.readTree(answer.body()).at("/flamegraph/total").asLong();
      if (found != expected) {
        failures++;
        System.out.println(workload.name(service) + ": expected " + expected + ", found " + found);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "checked %d services, %d wrong; slowest merge of %d profiles %.0f ms%n",
        services,
        failures,
        profiles,
        worst);
    return failures;
  }

  private double cpuSeconds() {
    return pid <= 0
        ? 0
        : ProcessHandle.of(pid)
            .flatMap(process -> process.info().totalCpuDuration())
            .map(spent -> spent.toMillis() / 1000.0)
            .orElse(0.0);
  }
}
