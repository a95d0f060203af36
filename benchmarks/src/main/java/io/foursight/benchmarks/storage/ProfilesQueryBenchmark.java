package io.foursight.benchmarks.storage;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileRowsUnion;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.SampleFilter;
import io.foursight.model.profiles.SymbolsInterner;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.object.FileRangedReader;
import io.foursight.storage.profiles.block.v1.ProfileRow;
import io.foursight.storage.profiles.block.v1.ProfilesBlockReader;
import io.foursight.storage.profiles.block.v1.ProfilesBlockWriter;
import io.foursight.storage.profiles.block.v1.ProfilesMerge;
import io.foursight.wire.profiles.FlameGraph;
import io.foursight.wire.profiles.FrameTree;
import io.foursight.wire.profiles.pyroscope.QuerierMessages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Sums and series of one service over a block of a day: a profile of [#SAMPLES] stacks every 15
/// seconds from each of [#PODS] pods, of 20,000 different stacks, a third of the samples in spans.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ProfilesQueryBenchmark {
  private static final int PODS = 2;
  private static final int SAMPLES = 200;
  private static final int STACKS = 20_000;
  private static final long HOUR = 3_600_000_000_000L;
  private static final long START = 1_760_004_000_000_000_000L / HOUR * HOUR;
  private static final ProfileType CPU =
      ProfileType.parse("process_cpu:cpu:nanoseconds:cpu:nanoseconds");

  private Path directory;
  private BlockMeta meta;
  private ProfilesBlockReader reader;
  private MergedStacks day;

  @Setup(Level.Trial)
  public void generate() throws IOException {
    var random = new Random(1);
    var interner = new SymbolsInterner(new ProfileSymbols());
    var stacks = new int[STACKS];
    for (int s = 0; s < STACKS; s++) {
      byte[] name =
          ("shop/internal/part" + random.nextInt(60) + ".Function" + random.nextInt(50))
              .getBytes(StandardCharsets.UTF_8);
      int function = interner.function(interner.string(name, 0, name.length), 0, 0, 0);
      int location =
          interner.location(-1, 0, new int[] {function}, new long[] {1 + random.nextInt(40)}, 1);
      // A tree as deep as stacks of servers are: from one of the first, or from the last but few.
      int parent = s == 0 ? -1 : stacks[Math.max(0, s - 1 - random.nextInt(Math.min(s, 400)))];
      stacks[s] = interner.stack(parent, location);
    }
    directory = Files.createTempDirectory("profiles-block");
    long samples = 0;
    try (var writer = new ProfilesBlockWriter(directory, "01ARZ3NDEKTSV4RRFFQ69G5FAV")) {
      var row = new ProfileRow();
      for (long hour = START; hour < START + 24 * HOUR; hour += HOUR) {
        for (int pod = 0; pod < PODS; pod++) {
          Labels labels = CPU.label(Labels.of("service_name", "shop", "pod", "pod-" + pod));
          for (long time = hour; time < hour + HOUR; time += 15_000_000_000L) {
            row.begin(
                labels, time, 15_000_000_000L, 10_000_000, random.nextLong(), random.nextLong());
            for (int s = 0; s < SAMPLES; s++) {
              // Few stacks are hot.
              int stack = (int) (STACKS * Math.pow(random.nextDouble(), 3));
              boolean span = s % 3 == 0;
              row.add(
                  stacks[stack],
                  10_000_000L * (1 + random.nextInt(5)),
                  span ? random.nextLong() : 0,
                  span ? random.nextLong() : 0,
                  span ? random.nextLong() : 0);
            }
            writer.add(row);
            samples += SAMPLES;
          }
        }
      }
      writer.endPartition("shop", "", interner.symbols());
      meta = writer.finish(1, List.of(), List.of(), 0);
    }
    long bytes = meta.files().stream().mapToLong(BlockMeta.File::sizeBytes).sum();
    System.out.printf(
        "%d samples, %.2f bytes a sample in the block%n", samples, (double) bytes / samples);
    reader = ProfilesBlockReader.open(meta, name -> new FileRangedReader(directory.resolve(name)));
    day = merge(24, SampleFilter.ALL);
  }

  @TearDown(Level.Trial)
  public void remove() throws IOException {
    reader.close();
    for (BlockMeta.File file : meta.files()) {
      Files.deleteIfExists(directory.resolve(file.name()));
    }
    Files.delete(directory);
  }

  /// Half an hour off the hours, so that chunks at both ends are read sample by sample.
  private static ProfilesSelect select(int hours, SampleFilter samples) {
    long start = START + HOUR / 2;
    return new ProfilesSelect(
        TenantId.ANONYMOUS,
        hours == 24 ? START : start,
        hours == 24 ? START + 24 * HOUR : start + hours * HOUR,
        List.of(
            LabelMatcher.equal(ProfileType.LABEL, CPU.id()),
            LabelMatcher.equal("service_name", "shop")),
        Set.of(),
        samples,
        Set.of(),
        QueryBudget.unlimited());
  }

  private MergedStacks merge(int hours, SampleFilter samples) {
    try (var merge = new ProfilesMerge(select(hours, samples), Optional.empty(), 1)) {
      merge.plan(reader);
      merge.read(reader);
      return merge.result();
    }
  }

  @Benchmark
  public MergedStacks mergeHour() {
    return merge(1, SampleFilter.ALL);
  }

  @Benchmark
  public MergedStacks mergeDay() {
    return merge(24, SampleFilter.ALL);
  }

  /// One span of all: samples are looked at one by one.
  @Benchmark
  public MergedStacks mergeDayOfASpan() {
    return merge(24, new SampleFilter(Set.of(17L), Set.of(), List.of()));
  }

  /// From the sum to the answer's bytes.
  @Benchmark
  public byte[] flameGraphOfADay() {
    return QuerierMessages.flameGraph(FlameGraph.of(FrameTree.of(day).truncate(8192)));
  }

  @Benchmark
  public long seriesOfADay() {
    var sum = new long[1];
    try (var rows = new ProfileRowsUnion(false, QueryBudget.unlimited())) {
      reader.rows(select(24, SampleFilter.ALL), false, rows);
      rows.forEach(series -> {
        for (int i = 0; i < series.rows(); i++) {
          sum[0] += series.values()[i];
        }
      });
    }
    return sum[0];
  }
}
