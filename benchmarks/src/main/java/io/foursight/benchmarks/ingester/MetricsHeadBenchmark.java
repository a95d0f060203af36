package io.foursight.benchmarks.ingester;

import io.foursight.config.TenantLimits;
import io.foursight.ingester.IngesterConfig;
import io.foursight.ingester.IngesterMetrics;
import io.foursight.ingester.metrics.MetricsIngester;
import io.foursight.ingester.metrics.MetricsLimits;
import io.foursight.model.Labels;
import io.foursight.model.SeriesHash;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.LabelBytes;
import io.foursight.model.metrics.MetricsBatch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Time per sample, and per new series, from the batch to memory and the log's record; the log
/// itself takes the record and forgets it. Batches of 2,000 series with 13 labels, one sample each.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(MetricsHeadBenchmark.BATCH)
public class MetricsHeadBenchmark {
  static final int BATCH = 2000;
  private static final long START = 1_790_000_000_000L / 7_200_000 * 7_200_000;
  private static final int SCRAPES = 480;

  @Param({"100000"})
  public int series;

  private final SeriesHash hash = new SeriesHash(1, 2);
  private final List<MetricsBatch> batches = new ArrayList<>();
  private Optional<MetricsIngester> ingester = Optional.empty();
  private int next;
  private int scrape;
  private int tenant;

  @Setup
  public void batches() {
    for (int from = 0; from < series; from += BATCH) {
      batches.add(batch(from));
    }
  }

  private MetricsBatch batch(int from) {
    var bytes = new ByteArrayOutputStream();
    var batch = new MetricsBatch(new byte[0]);
    for (int i = from; i < from + BATCH; i++) {
      byte[] labels = LabelBytes.encode(labels(i));
      batch.beginSeries(bytes.size(), labels.length);
      batch.addSample(START, i);
      bytes.writeBytes(labels);
    }
    batch.body(bytes.toByteArray());
    batch.hashSeries(hash);
    return batch;
  }

  /// A target has 500 series, which share all labels but three.
  private static Labels labels(int i) {
    var pairs = new ArrayList<String>();
    for (String name :
        "cluster container endpoint env image instance job namespace node pod".split(" ")) {
      pairs.add(name);
      pairs.add(name + "-f7c9d8b6d5-0123456-" + i / 500);
    }
    pairs.addAll(List.of("__name__", "container_network_receive_bytes_total_" + i % 50));
    pairs.addAll(List.of("device", "eth" + i % 500 / 50, "id", "value-" + i % 500));
    return Labels.of(pairs.toArray(new String[0]));
  }

  /// A head for each iteration, so that its two hours do not run out.
  @Setup(Level.Iteration)
  public void open() {
    var fresh =
        new MetricsIngester(
            IngesterConfig.defaults(),
            TenantLimits.fixed(MetricsLimits.defaults()),
            new ForgettingWal(),
            hash,
            Clock.systemUTC(),
            new Random(1),
            new IngesterMetrics(new SimpleMeterRegistry(), Signal.METRICS));
    fresh.replayed(1);
    ingester = Optional.of(fresh);
    scrape = 0;
    next = 0;
    tenant = 0;
  }

  /// Series that are known, scraped every 15 seconds, a third of them without a change of value.
  @Benchmark
  public int append() {
    if (next == batches.size()) {
      next = 0;
      scrape++;
    }
    if (scrape == SCRAPES) {
      open();
    }
    MetricsBatch batch = batches.get(next++);
    long[] timestamps = batch.timestamps();
    double[] values = batch.values();
    for (int i = 0; i < BATCH; i++) {
      timestamps[i] = START + scrape * 15_000L;
      values[i] = i % 3 == 0 ? i : scrape * (i % 17) + i;
    }
    return ingester.orElseThrow().write(TenantId.ANONYMOUS, batch).samples();
  }

  /// Series that nobody knows: each batch goes to a tenant of its own.
  @Benchmark
  public int create() {
    if (tenant == 500) {
      open();
    }
    MetricsBatch batch = batches.get(next++ % batches.size());
    return ingester.orElseThrow().write(new TenantId("t" + tenant++), batch).samples();
  }
}
