package io.foursight.benchmarks.wire;

import io.foursight.benchmarks.load.ProfileWorkload;
import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.SymbolsInterner;
import io.foursight.wire.profiles.PprofDecoder;
import io.foursight.wire.profiles.PprofLimits;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Microseconds for decoding a pprof file of some 300 stacks, decompressed, into a batch of its own
/// as each push has one.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ProfilesPushBenchmark {
  private static final PprofDecoder.Origin ORIGIN =
      new PprofDecoder.Origin(
          Labels.of("__name__", "process_cpu", "service_name", "s"), 1, 0, 1, 2);

  /// 0 is Go's, 1 is the JVM's.
  @Param({"0", "1"})
  public int service;

  private final byte[][] files = new byte[16][];
  private int next;

  @Setup
  public void files() {
    var workload = new ProfileWorkload(1, 2, 1_790_000_000_000_000_000L);
    for (int i = 0; i < files.length; i++) {
      files[i] = workload.profile(service, i);
    }
  }

  @Benchmark
  public int pprof() {
    var symbols = new SymbolsInterner(new ProfileSymbols());
    var batch = new ProfilesBatch(symbols.symbols());
    new PprofDecoder(symbols, batch, PprofLimits.NONE).decode(files[next++ % files.length], ORIGIN);
    return batch.samples();
  }
}
