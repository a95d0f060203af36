package io.foursight.storage.logs.block.v1;

import io.foursight.model.FoursightException;
import io.foursight.storage.encoding.ByteWriter;
import java.util.BitSet;

/// Values one after the other: `| lengths: Longs | chunk of all bytes | [stamp] |`, the stamp, a
/// [RawStamp], only when the chunk is not in the directory.
final class RawColumn extends Column {
  record Spec(int count, Longs lengths, Chunk bytes, RawStamp stamp) implements ColumnSpec {
    static Spec read(int count, Chunk.Places places) {
      Longs lengths = Longs.read(count, places);
      Chunk bytes = places.read();
      return new Spec(
          count, lengths, bytes, bytes.isInline() ? RawStamp.NONE : RawStamp.read(places.in()));
    }

    @Override
    public Column open(GroupChunks source) {
      return new RawColumn(this, source);
    }
  }

  /// Small columns lie in the directory, where they are searched without a read.
  private static final int INLINE_BYTES = 4096;

  private final Spec spec;
  private final GroupChunks source;
  private int[] starts;
  private byte[] bytes;

  private RawColumn(Spec spec, GroupChunks source) {
    super(spec.count);
    this.spec = spec;
    this.source = source;
  }

  private void load() {
    if (starts != null) {
      return;
    }
    byte[] all = source.bytes(spec.bytes);
    int[] lengths = spec.lengths.loadInts(source, all.length);
    var ends = new int[count + 1];
    for (int i = 0; i < count; i++) {
      ends[i + 1] = ends[i] + lengths[i];
      if (ends[i + 1] < 0 || ends[i + 1] > all.length) {
        throw FoursightException.corrupt(
            LogsBlockFormat.ROWS + ": values longer than their " + all.length + " bytes");
      }
    }
    bytes = all;
    starts = ends;
  }

  @Override
  void append(int row, ByteWriter out) {
    load();
    out.bytes(bytes, starts[row], starts[row + 1] - starts[row]);
  }

  @Override
  boolean possible(Op op, byte[] part) {
    if (!spec.bytes.isInline()) {
      return spec.stamp.possible(op, part);
    }
    // Lengths may lie in `rows`: what is nowhere in the bytes is in no value.
    byte[] all = spec.bytes.inline();
    return part.length == 0 || Needle.indexOf(all, 0, all.length, part) >= 0;
  }

  @Override
  BitSet match(Op op, byte[] part) {
    if (!possible(op, part)) {
      return new BitSet();
    }
    load();
    var rows = new BitSet(count);
    if (op == Op.CONTAINS) {
      contains(part, rows);
      return rows;
    }
    for (int i = 0; i < count; i++) {
      if (Needle.test(op, bytes, starts[i], starts[i + 1] - starts[i], part)) {
        rows.set(i);
      }
    }
    return rows;
  }

  private void contains(byte[] part, BitSet rows) {
    int row = 0;
    int at = 0;
    int end = starts[count];
    while ((at = Needle.indexOf(bytes, at, end, part)) >= 0) {
      while (starts[row + 1] <= at) {
        row++;
      }
      if (at + part.length <= starts[row + 1]) {
        rows.set(row);
        at = starts[row + 1];
        row++;
      } else {
        at++;
      }
    }
  }

  static void write(Strings values, GroupOutput out) {
    var lengths = new long[values.count];
    var bytes = new ByteWriter((int) Math.min(values.totalBytes() + 16, Integer.MAX_VALUE - 16));
    for (int i = 0; i < values.count; i++) {
      lengths[i] = values.lengths[i];
      bytes.bytes(values.bytes, values.starts[i], values.lengths[i]);
    }
    out.directory.u8(ColumnSpec.RAW);
    Longs.write(lengths, values.count, out);
    if (bytes.size() <= INLINE_BYTES) {
      out.inline(bytes);
    } else {
      long before = out.size();
      out.chunk(bytes);
      RawStamp.write(bytes.array(), lengths, out.size() - before, out.directory);
    }
  }
}
