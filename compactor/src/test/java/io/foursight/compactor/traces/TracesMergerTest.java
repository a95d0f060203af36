package io.foursight.compactor.traces;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.compactor.BlockMerger.Input;
import io.foursight.compactor.BlockMerger.Output;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.encoding.ByteWriter;
import io.foursight.storage.object.FileRangedReader;
import io.foursight.storage.traces.block.v1.SpanOrigin;
import io.foursight.storage.traces.block.v1.SpanStream;
import io.foursight.storage.traces.block.v1.TracesBlockReader;
import io.foursight.storage.traces.block.v1.TracesBlockWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Why it matters: a merged block replaces its parents, so it must have every span of theirs, once.
class TracesMergerTest {
  private static final List<SpanOrigin> ORIGINS =
      List.of(
          new SpanOrigin(new byte[0], "", new byte[0], ""),
          new SpanOrigin(new byte[0], "https://schema/1", new byte[0], ""));

  @TempDir Path directory;

  /// A span in block order.
  private record Row(long trace, long start, long span, int kind, int origin)
      implements Comparable<Row> {
    @Override
    public int compareTo(Row o) {
      int c = Long.compare(trace, o.trace);
      c = c != 0 ? c : Long.compare(start, o.start);
      c = c != 0 ? c : Long.compare(span, o.span);
      c = c != 0 ? c : Integer.compare(kind, o.kind);
      return c != 0 ? c : Integer.compare(origin, o.origin);
    }

    byte[] bytes() {
      var out = new ByteWriter();
      id(out, 1, bigEndian(0, trace));
      id(out, 2, bigEndian(span));
      out.u8(6 << 3);
      out.varint(kind);
      out.u8(7 << 3 | 1);
      out.u64(start);
      out.u8(8 << 3 | 1);
      out.u64(start + 10);
      return out.toByteArray();
    }

    private static void id(ByteWriter out, int field, byte[] id) {
      out.u8(field << 3 | 2);
      out.varint(id.length);
      out.bytes(id, 0, id.length);
    }

    private static byte[] bigEndian(long... values) {
      var buffer = ByteBuffer.allocate(8 * values.length);
      for (long value : values) {
        buffer.putLong(value);
      }
      return buffer.array();
    }
  }

  private Input block(String id, TreeSet<Row> rows) {
    Path files = directory.resolve(id);
    try (var writer = new TracesBlockWriter(files, id)) {
      for (Row row : rows) {
        byte[] bytes = row.bytes();
        writer.add(ORIGINS.get(row.origin), 0, row.trace, row.start, bytes, 0, bytes.length);
      }
      return new Input(writer.finish(1, List.of(id), List.of(), 1), files);
    }
  }

  @Test
  void piecesOfATraceCome_together_andReplicasOnce() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var all = new TreeSet<Row>();
    var inputs = new ArrayList<Input>();
    for (int b = 0; b < 3; b++) {
      var rows = new TreeSet<Row>();
      for (int i = 0; i < 200; i++) {
        rows.add(
            new Row(
                1 + random.nextInt(20),
                1_700_000_000_000_000_000L + random.nextInt(5),
                1 + random.nextInt(4),
                1 + random.nextInt(3),
                random.nextInt(2)));
      }
      all.addAll(rows);
      inputs.add(block("0000000000000000000000000" + b, rows));
    }
    Path target = directory.resolve("merged");
    var output = new Output(target, "00000000000000000000000009", 2, List.of("s"), List.of("p"), 5);
    BlockMeta meta = new TracesMerger().merge(inputs, output, () -> false);
    assertThat(meta.level()).isEqualTo(2);
    assertThat(meta.parents()).containsExactly("p");
    var found = new ArrayList<String>();
    long before = 0;
    var open = new ArrayList<FileRangedReader>();
    try (TracesBlockReader reader =
            TracesBlockReader.open(
                meta,
                name -> {
                  open.add(new FileRangedReader(target.resolve(name)));
                  return open.getLast();
                });
        SpanStream spans = reader.scan()) {
      while (spans.next()) {
        assertThat(spans.traceLow()).isGreaterThanOrEqualTo(before);
        before = spans.traceLow();
        var bytes = new byte[spans.length()];
        System.arraycopy(spans.bytes(), spans.offset(), bytes, 0, bytes.length);
        found.add(spans.origin().resourceSchemaUrl() + HexFormat.of().formatHex(bytes));
      }
    } finally {
      open.forEach(FileRangedReader::close);
    }
    var expected = new HashSet<String>();
    all.forEach(row ->
        expected.add(
            ORIGINS.get(row.origin).resourceSchemaUrl() + HexFormat.of().formatHex(row.bytes())));
    assertThat(found).as("seed " + seed).doesNotHaveDuplicates();
    assertThat(new HashSet<>(found)).as("seed " + seed).isEqualTo(expected);
  }
}
