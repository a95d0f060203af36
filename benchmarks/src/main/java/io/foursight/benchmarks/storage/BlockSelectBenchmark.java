package io.foursight.benchmarks.storage;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SelectHints;
import io.foursight.model.metrics.SelectHints.Delivery;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.metrics.block.v1.MetricsBlockFormat;
import io.foursight.storage.metrics.block.v1.MetricsBlockReader;
import io.foursight.storage.metrics.block.v1.MetricsBlockWriter;
import io.foursight.storage.object.RangedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Reading all series of a block of classic histograms, 20,000 buckets of 480 samples each, by what
/// the select allows. The score is nanoseconds a series, samples and group labels included.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class BlockSelectBenchmark {
  private static final int PODS = 1000;
  private static final int BUCKETS = 20;
  private static final int ROWS = 480;

  @Param({"ASCENDING", "ANY_ORDER", "GROUPED"})
  Delivery delivery;

  private final Map<String, byte[]> files = new HashMap<>();
  private final SampleColumns samples = new SampleColumns();
  private MetricsBlockReader reader;

  @Setup
  public void write() throws IOException {
    var random = new SplittableRandom(1);
    var series = new TreeMap<Labels, SampleColumns>(MetricsBlockFormat.SERIES_ORDER);
    for (int pod = 0; pod < PODS; pod++) {
      var counts = new double[BUCKETS];
      var columns = new SampleColumns[BUCKETS];
      for (int b = 0; b < BUCKETS; b++) {
        columns[b] = new SampleColumns();
        series.put(
            Labels.of(
                "__name__",
                "request_duration_seconds_bucket",
                "job",
                "api",
                "le",
                b == BUCKETS - 1 ? "+Inf" : "" + (b + 1) / 10.0,
                "path",
                "/v1/" + pod % 7,
                "pod",
                "api-" + pod),
            columns[b]);
      }
      for (int row = 0; row < ROWS; row++) {
        double added = 0;
        for (int b = 0; b < BUCKETS; b++) {
          added += random.nextInt(4) == 0 ? 1 : 0;
          counts[b] += added;
          columns[b].add(1_700_000_000_000L + pod + row * 15_000L, counts[b]);
        }
      }
    }
    Path folder = Files.createTempDirectory("block-select");
    String id = "01HZZZZZZZZZZZZZZZZZZZZZZZ";
    BlockMeta meta;
    try (var writer = new MetricsBlockWriter(folder, id)) {
      series.forEach(writer::add);
      meta = writer.finish(1, List.of(id), List.of(), 1);
    }
    for (BlockMeta.File file : meta.files()) {
      files.put(file.name(), Files.readAllBytes(folder.resolve(file.name())));
      Files.delete(folder.resolve(file.name()));
    }
    reader = MetricsBlockReader.open(meta, name -> new InMemory(files.get(name)));
  }

  private record InMemory(byte[] bytes) implements RangedReader {
    @Override
    public byte[] read(long offset, int length) {
      return Arrays.copyOfRange(bytes, (int) offset, (int) offset + length);
    }

    @Override
    public long size() {
      return bytes.length;
    }
  }

  @TearDown
  public void close() {
    reader.close();
  }

  @Benchmark
  @OperationsPerInvocation(PODS * BUCKETS)
  public long select() {
    var hints = new SelectHints("sum", 0, 0, List.of("le", "path"), true, 0, 0, 0, delivery);
    var select =
        new MetricsSelect(
            TenantId.ANONYMOUS, TimeRange.ALL, List.of(), hints, QueryBudget.unlimited());
    if (delivery == Delivery.ASCENDING) {
      return drain(reader.select(select));
    }
    long rows = 0;
    for (SeriesCursor stretch : reader.selectInSeriesOrder(select, 1)) {
      rows += drain(stretch);
    }
    return rows;
  }

  private long drain(SeriesCursor cursor) {
    long rows = 0;
    try (cursor) {
      while (cursor.next()) {
        cursor.samples(samples);
        rows += samples.size() + cursor.labels().size();
      }
    }
    return rows;
  }
}
