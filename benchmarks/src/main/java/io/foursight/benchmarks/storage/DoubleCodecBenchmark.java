package io.foursight.benchmarks.storage;

import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import io.foursight.storage.encoding.DoubleCodec;
import java.util.SplittableRandom;
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
import org.openjdk.jmh.annotations.Warmup;

/// Values a second through the codec of metrics chunks, one chunk of 1024 values at a time, by what
/// the values look like. The score is nanoseconds a value.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DoubleCodecBenchmark {
  private static final int ROWS = 1024;

  @Param({"constant", "counter", "decimal", "pages", "float", "stale"})
  String kind;

  private final DoubleCodec codec = new DoubleCodec();
  private final double[] values = new double[ROWS];
  private final double[] decoded = new double[ROWS];
  private final ByteWriter out = new ByteWriter(1 << 14);
  private byte[] code;

  @Setup
  public void fill() {
    var random = new SplittableRandom(1);
    double last = 1000;
    for (int i = 0; i < ROWS; i++) {
      last =
          switch (kind) {
            case "constant" -> last;
            case "counter", "stale" -> last + random.nextInt(40);
            case "decimal" -> random.nextInt(10_000) / 100.0;
            case "pages" -> last + 4096.0 * random.nextInt(-3, 4);
            default -> last + random.nextDouble();
          };
      boolean stale = kind.equals("stale") && random.nextInt(200) == 0;
      values[i] = stale ? Double.longBitsToDouble(0x7ff0000000000002L) : last;
    }
    codec.encode(values, 0, ROWS, out);
    code = out.toByteArray();
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public int encode() {
    out.clear();
    codec.encode(values, 0, ROWS, out);
    return out.size();
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public double decode() {
    codec.decode(new ByteReader(code, 0, code.length, "chunk", 0), ROWS, decoded, 0);
    return decoded[ROWS - 1];
  }
}
