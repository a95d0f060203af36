package io.foursight.benchmarks.wire;

import io.foursight.benchmarks.load.LogBodies;
import io.foursight.benchmarks.load.LogWorkload;
import io.foursight.model.logs.LogsBatch;
import io.foursight.wire.logs.PushDecoder;
import io.foursight.wire.logs.PushJson;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Microseconds for decoding a push of half a megabyte of lines of 96 streams, decompressed.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class LogsPushBenchmark {
  private static final int BATCH_BYTES = 512 << 10;
  private final LogsBatch batch = new LogsBatch(new byte[0]);
  private final PushDecoder protobuf = new PushDecoder();
  private final PushJson json = new PushJson();
  private List<byte[]> protobufs;
  private List<byte[]> jsons;
  private int next;

  @Setup
  public void bodies() {
    protobufs = bodies(true);
    jsons = bodies(false);
  }

  private static List<byte[]> bodies(boolean protobuf) {
    return LogBodies.requests(
        new LogWorkload(1, 96, 1_790_000_000_000_000_000L),
        protobuf,
        16L * BATCH_BYTES,
        BATCH_BYTES);
  }

  @Benchmark
  public int json() {
    json.decode(jsons.get(next++ % jsons.size()), batch);
    return batch.entryCount();
  }

  @Benchmark
  public int protobuf() {
    protobuf.decode(protobufs.get(next++ % protobufs.size()), batch);
    return batch.entryCount();
  }
}
