package io.foursight.benchmarks.ingester;

import io.foursight.benchmarks.load.LogBodies;
import io.foursight.benchmarks.load.LogWorkload;
import io.foursight.config.ByteSize;
import io.foursight.config.TenantLimits;
import io.foursight.ingester.IngesterConfig;
import io.foursight.ingester.IngesterMetrics;
import io.foursight.ingester.logs.LogsIngester;
import io.foursight.ingester.logs.LogsIngesterConfig;
import io.foursight.ingester.logs.LogsLimits;
import io.foursight.model.SeriesHash;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsBatch;
import io.foursight.wire.logs.PushDecoder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
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
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Microseconds for a batch of half a megabyte of lines of 96 streams from the decoded batch to
/// memory and the log's record; the log itself takes the record and forgets it.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class LogsHeadBenchmark {
  private static final long START = 1_790_000_000_000_000_000L;
  private static final int BATCH_BYTES = 512 << 10;
  private static final int BATCHES = 64;

  /// Past this, the head is replaced.
  private static final long MAX_BYTES = 512L << 20;

  private final List<LogsBatch> batches = new ArrayList<>();
  private Optional<LogsIngester> ingester = Optional.empty();
  private int next;
  private long written;
  private long span;

  @Setup
  public void batches() {
    var workload = new LogWorkload(1, 96, START);
    for (byte[] body :
        LogBodies.requests(workload, true, (long) BATCHES * BATCH_BYTES, BATCH_BYTES)) {
      var batch = new LogsBatch(body);
      new PushDecoder().decode(body, batch);
      batches.add(batch);
    }
    span = (long) (workload.seconds((BATCHES + 4L) * BATCH_BYTES) * 1e9);
  }

  @Setup(Level.Iteration)
  public void open() {
    var fresh =
        new LogsIngester(
            IngesterConfig.defaults(),
            new LogsIngesterConfig(
                ByteSize.ofMebibytes(2048),
                LogsIngesterConfig.defaults().flushMaxAge(),
                LogsIngesterConfig.defaults().flushIdle(),
                ByteSize.ofMebibytes(2048)),
            TenantLimits.fixed(LogsLimits.defaults()),
            new ForgettingWal(),
            new SeriesHash(1, 2),
            Clock.systemUTC(),
            new Random(1),
            new IngesterMetrics(new SimpleMeterRegistry(), Signal.LOGS));
    fresh.replayed(1);
    ingester = Optional.of(fresh);
    written = 0;
  }

  @Benchmark
  public int append() {
    if (written > MAX_BYTES) {
      open();
    }
    LogsBatch batch = batches.get(next++ % batches.size());
    written += BATCH_BYTES;
    long[] times = batch.timestamps();
    for (int e = 0; e < batch.entryCount(); e++) {
      times[e] += span;
    }
    return ingester.orElseThrow().write(TenantId.ANONYMOUS, batch).entries();
  }
}
