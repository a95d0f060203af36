package io.foursight.benchmarks.storage;

import io.foursight.benchmarks.load.LogBodies;
import io.foursight.benchmarks.load.LogWorkload;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LineFilter;
import io.foursight.model.logs.LineTest;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsSelect;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.logs.block.v1.LogsBlockCache;
import io.foursight.storage.logs.block.v1.LogsBlockReader;
import io.foursight.storage.logs.block.v1.LogsBlockWriter;
import io.foursight.storage.object.RangedReaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// 50 MB of raw lines into a block and out of it: writing, reading everything, and looking for a
/// string (times only, so that what is measured is the search). The score is milliseconds a pass;
/// 50 / score is GB/s. The ratio is printed once.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class LogsBlockBenchmark {
  private static final String ID = "01HZZZZZZZZZZZZZZZZZZZZZZZ";

  /// The lines and their block.
  @State(Scope.Benchmark)
  public static class Block {
    private final Map<String, byte[]> files = new HashMap<>();
    private List<LogsPage> pages;
    private String known = "";
    private Path directory;
    private LogsBlockReader reader;

    @Setup(Level.Trial)
    public void make() throws IOException {
      pages = LogBodies.pages(new LogWorkload(1, 24, 1_790_000_000_000_000_000L), 50_000_000);
      long bytes = 0;
      for (LogsPage page : pages) {
        bytes += page.lineStarts()[page.rows() - 1] + page.lineLengths()[page.rows() - 1];
      }
      for (LogsPage page : pages) {
        var id =
            Pattern.compile("[0-9a-f]{32}")
                .matcher(new String(page.lines(), StandardCharsets.UTF_8));
        known = id.find() ? id.group() : known;
      }
      directory = Files.createTempDirectory("logs-block");
      BlockMeta meta = write(pages, directory);
      for (BlockMeta.File file : meta.files()) {
        files.put(file.name(), Files.readAllBytes(directory.resolve(file.name())));
      }
      System.out.printf(
          "%d bytes of lines, ratio %.1f, %s%n",
          bytes, bytes / (double) meta.sizeBytes(), meta.files());
      reader =
          LogsBlockReader.open(
              meta, name -> RangedReaders.of(name, files.get(name)), new LogsBlockCache(64 << 20));
    }

    @TearDown(Level.Trial)
    public void remove() throws IOException {
      reader.close();
      for (String name : files.keySet()) {
        Files.delete(directory.resolve(name));
      }
      Files.delete(directory);
    }
  }

  /// What is looked for.
  @State(Scope.Benchmark)
  public static class Wanted {
    @Param({"absent", "absentId", "known", "phrase", "keyed", "inside", "digits"})
    String needle;
  }

  /// What is looked for with a regular expression.
  @State(Scope.Benchmark)
  public static class Expression {
    @Param({"user.*u-1[0-9]{3}7", "upstream timed (out|off)"})
    String regex;
  }

  private static final Map<String, String> NEEDLES =
      Map.of(
          "absent", "zzabsentzz",
          "absentId", "0123456789abcdef0123456789abcdef",
          "phrase", "cache miss, loading",
          "keyed", "\"level\":\"error\"",
          "inside", "timed o",
          "digits", "50174");

  static BlockMeta write(List<LogsPage> pages, Path directory) {
    try (var writer = new LogsBlockWriter(directory, ID)) {
      pages.forEach(writer::add);
      return writer.finish(1, List.of(ID), List.of(), 0);
    }
  }

  @Benchmark
  public BlockMeta encode(Block block) {
    return write(block.pages, block.directory);
  }

  @Benchmark
  public long scan(Block block) {
    try (LogsCursor cursor = block.reader.scan()) {
      return rows(cursor);
    }
  }

  @Benchmark
  public long needle(Block block, Wanted wanted) {
    String text = wanted.needle.equals("known") ? block.known : NEEDLES.get(wanted.needle);
    return rows(block.reader, new Substring(text));
  }

  /// An expression that has no literal to prune by, and one that has.
  @Benchmark
  public long regex(Block block, Expression expression) {
    var pattern = Pattern.compile(expression.regex);
    return rows(
        block.reader, new Matching(pattern, expression.regex.contains("timed") ? "timed" : ""));
  }

  private static long rows(LogsBlockReader reader, LineTest test) {
    var select =
        new LogsSelect(
            TenantId.ANONYMOUS,
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            List.of(),
            List.of(new LineFilter(false, List.of(test))),
            List.of(),
            LogsSelect.Columns.TIMES,
            Direction.BACKWARD,
            0,
            Set.of(),
            QueryBudget.unlimited());
    try (LogsCursor cursor = reader.select(select)) {
      return rows(cursor);
    }
  }

  private static long rows(LogsCursor cursor) {
    long rows = 0;
    while (cursor.next()) {
      rows += cursor.page().rows();
    }
    return rows;
  }

  private record Matching(Pattern pattern, String literal) implements LineTest {
    @Override
    public boolean matches(byte[] bytes, int offset, int length) {
      return pattern.matcher(new String(bytes, offset, length, StandardCharsets.ISO_8859_1)).find();
    }

    @Override
    public String text() {
      return pattern.pattern();
    }

    @Override
    public byte[] substring() {
      return new byte[0];
    }

    @Override
    public List<byte[]> requiredLiterals() {
      return literal.isEmpty() ? List.of() : List.of(literal.getBytes(StandardCharsets.UTF_8));
    }
  }

  private record Substring(String text) implements LineTest {
    @Override
    public boolean matches(byte[] bytes, int offset, int length) {
      return new String(bytes, offset, length, StandardCharsets.UTF_8).contains(text);
    }

    @Override
    public byte[] substring() {
      return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public List<byte[]> requiredLiterals() {
      return List.of(substring());
    }
  }
}
