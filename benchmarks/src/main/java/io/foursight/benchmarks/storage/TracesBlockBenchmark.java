package io.foursight.benchmarks.storage;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TextMatcher;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesSelect;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.object.FileRangedReader;
import io.foursight.storage.traces.block.v1.SpanOrigin;
import io.foursight.storage.traces.block.v1.SpanStream;
import io.foursight.storage.traces.block.v1.TracesBlockReader;
import io.foursight.storage.traces.block.v1.TracesBlockWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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

/// Writing a block of traces, and questions to it; one call a whole block of [#SPANS] spans or so.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
public class TracesBlockBenchmark {
  private static final int SPANS = 200_000;
  private static final long START = 1_760_000_000_000_000_000L;

  private record Sent(SpanOrigin origin, long high, long low, long start, byte[] bytes) {}

  private final List<Sent> spans = new ArrayList<>();
  private Path directory;
  private BlockMeta meta;
  private TracesBlockReader reader;
  private int next;

  @Setup(Level.Trial)
  public void generate() throws IOException {
    var generator = new TraceGenerator(1);
    var origins = new ArrayList<SpanOrigin>();
    generator
        .resources()
        .forEach(resource ->
            origins.add(
                new SpanOrigin(resource.toByteArray(), "", generator.scope().toByteArray(), "")));
    long time = START;
    while (spans.size() < SPANS) {
      time += 1_000_000;
      for (TraceGenerator.Generated one : generator.trace(time)) {
        ByteBuffer id = one.span().getTraceId().asReadOnlyByteBuffer();
        spans.add(
            new Sent(
                origins.get(one.origin()),
                id.getLong(0),
                id.getLong(8),
                one.span().getStartTimeUnixNano(),
                one.span().toByteArray()));
      }
    }
    spans.sort(
        Comparator.<Sent, TraceId>comparing(s -> new TraceId(s.high, s.low))
            .thenComparingLong(Sent::start));
    directory = Files.createTempDirectory("traces-block");
    meta = write();
    System.out.printf(
        "%d spans, %d raw bytes, %.1f bytes a span in Parquet, %.1f in the index%n",
        spans.size(),
        meta.stats().get("raw_bytes"),
        (double) meta.files().get(1).sizeBytes() / spans.size(),
        (double) meta.files().get(0).sizeBytes() / spans.size());
    reader = TracesBlockReader.open(meta, name -> new FileRangedReader(directory.resolve(name)));
  }

  @TearDown(Level.Trial)
  public void remove() throws IOException {
    reader.close();
    for (BlockMeta.File file : meta.files()) {
      Files.deleteIfExists(directory.resolve(file.name()));
    }
    Files.delete(directory);
  }

  @Benchmark
  public BlockMeta write() {
    try (var writer = new TracesBlockWriter(directory, "01ARZ3NDEKTSV4RRFFQ69G5FAV")) {
      for (Sent s : spans) {
        writer.add(s.origin, s.high, s.low, s.start, s.bytes, 0, s.bytes.length);
      }
      return writer.finish(1, List.of(), List.of(), 0);
    }
  }

  @Benchmark
  public long scan() {
    long bytes = 0;
    try (SpanStream all = reader.scan()) {
      while (all.next()) {
        bytes += all.length();
      }
    }
    return bytes;
  }

  @Benchmark
  public Object traceById() {
    Sent s = spans.get(next++ * 7919 % spans.size());
    return reader.trace(new TraceId(s.high, s.low), 0, QueryBudget.unlimited());
  }

  @Benchmark
  public Object selectiveSearch() {
    return candidates(
        new SpanFilter.TextTest(attribute("enduser.id"), equal("user-" + next++ % 50_000)));
  }

  @Benchmark
  public Object unselectiveSearch() {
    return candidates(new SpanFilter.NumberRange(attribute("http.response.status_code"), 200, 299));
  }

  @Benchmark
  public Object absentValue() {
    return candidates(new SpanFilter.TextTest(attribute("enduser.id"), equal("nobody")));
  }

  private Object candidates(SpanFilter filter) {
    return reader.candidates(
        TracesSelect.spans(
            TenantId.ANONYMOUS, 0, Long.MAX_VALUE, filter, List.of(), QueryBudget.unlimited()),
        20);
  }

  private static SpanField attribute(String key) {
    return new SpanField.Attribute(SpanField.Scope.SPAN, key);
  }

  private static TextMatcher equal(String wanted) {
    return new TextMatcher() {
      @Override
      public boolean matches(String text) {
        return text.equals(wanted);
      }

      @Override
      public Optional<Set<String>> literals() {
        return Optional.of(Set.of(wanted));
      }
    };
  }
}
