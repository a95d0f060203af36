package io.foursight.benchmarks.storage;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.object.FileRangedReader;
import io.foursight.storage.profiles.block.v1.ProfileRow;
import io.foursight.storage.profiles.block.v1.ProfilesBlockReader;
import io.foursight.storage.profiles.block.v1.ProfilesBlockWriter;
import io.foursight.storage.profiles.block.v1.ProfilesMerge;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// What a block of profiles costs: bytes a sample, writing, and a merge of all of it from files, by
/// its sums and, with a range that cuts every hour, by its samples. A program of its own rather
/// than a JMH class: one run is a second. Argument: millions of samples.
public final class ProfilesBlockBenchmark {
  private static final long HOUR = 3_600_000_000_000L;
  private static final long T0 = 480_000 * HOUR;
  private static final int STACKS = 4000;
  private static final int SAMPLES = 300;
  private static final int PER_HOUR = 240;

  private ProfilesBlockBenchmark() {}

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  public static void main(String[] args) throws IOException {
    long target = 1_000_000L * (args.length > 0 ? Integer.parseInt(args[0]) : 100);
    int pods = (int) Math.max(1, target / (SAMPLES * PER_HOUR));
    Path folder = Files.createTempDirectory("profiles-block");
    long before = cpuNanos();
    BlockMeta meta = write(folder, pods);
    long samples = meta.stats().get("samples");
    report("write", samples, cpuNanos() - before);
    System.out.printf(
        "stored: %.2f bytes/sample, %.0f bytes/profile%n",
        (double) meta.sizeBytes() / samples,
        (double) meta.sizeBytes() / meta.stats().get("profiles"));
    try (ExecutorService workers = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 5; round++) {
        long cut = HOUR / PER_HOUR;
        measure("merge by sums", meta, folder, T0, T0 + HOUR, samples, workers);
        measure("merge by samples", meta, folder, T0 + cut, T0 + HOUR, samples, workers);
      }
    }
    for (BlockMeta.File file : meta.files()) {
      Files.delete(folder.resolve(file.name()));
    }
    Files.delete(folder);
  }

  private static void report(String what, long samples, long cpuNanos) {
    System.out.printf(
        "%s: %.3f s CPU, %.1f M samples/s of CPU%n",
        what, cpuNanos / 1e9, samples * 1e3 / cpuNanos);
  }

  private static BlockMeta write(Path folder, int pods) {
    var random = new Random(1);
    try (var writer = new ProfilesBlockWriter(folder, "00000000000000000000000001")) {
      var row = new ProfileRow();
      for (int pod = 0; pod < pods; pod++) {
        Labels labels =
            Labels.of(
                ProfileType.LABEL,
                "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
                "service_name",
                "cart",
                "pod",
                "cart-%06d".formatted(pod));
        for (int p = 0; p < PER_HOUR; p++) {
          row.begin(
              labels,
              T0 + p * (HOUR / PER_HOUR),
              15_000_000_000L,
              10_000_000,
              random.nextLong(),
              random.nextLong());
          for (int s = 0; s < SAMPLES; s++) {
            // Some stacks are hot.
            int stack = (int) (STACKS * Math.pow(random.nextDouble(), 3));
            row.add(
                stack,
                10_000_000L
                    * (1 + (random.nextInt(64) == 0 ? random.nextInt(90) : random.nextInt(3))),
                0,
                0,
                0);
          }
          writer.add(row);
        }
      }
      writer.endPartition("cart", "build", symbols());
      return writer.finish(1, List.of(), List.of(), 0);
    }
  }

  private static ProfileSymbols symbols() {
    var random = new Random(2);
    var symbols = new ProfileSymbols();
    for (int s = 0; s < STACKS; s++) {
      int function =
          symbols.addFunction(symbols.addString("com.example.cart.Handler$" + s + ".run"), 0, 0, s);
      symbols.addLine(function(symbols, function), s);
      symbols.addStack(s == 0 ? -1 : random.nextInt(s), s);
    }
    return symbols;
  }

  private static int function(ProfileSymbols symbols, int function) {
    symbols.addLocation(-1, function);
    return function;
  }

  private static void measure(
      String what,
      BlockMeta meta,
      Path folder,
      long start,
      long end,
      long samples,
      ExecutorService workers) {
    long wall = System.nanoTime();
    long cpu = cpuNanos();
    var select =
        new ProfilesSelect(new TenantId("t"), start, end, List.of(), QueryBudget.unlimited());
    long total;
    try (var reader =
            ProfilesBlockReader.open(meta, name -> new FileRangedReader(folder.resolve(name)));
        var merge = new ProfilesMerge(select, Optional.of(workers), 2)) {
      merge.plan(reader);
      merge.read(reader);
      total = merge.result().total();
    }
    report(what, samples, cpuNanos() - cpu);
    System.out.printf("  wall %.3f s, total %d%n", (System.nanoTime() - wall) / 1e9, total);
  }
}
