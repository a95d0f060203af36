package io.foursight.storage.logs.block.v1;

import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.util.BitSet;

/// Printed times, told by their distance to the entry's time: `| layout u8 | distances: Longs |`. A
/// distance is in units of the last printed digit, from the entry's time rounded down to one. Only
/// in the lines' own template column.
final class TimeColumn extends Column {
  record Spec(int count, int layout, Longs distances) implements ColumnSpec {
    static Spec read(int count, Chunk.Places places) {
      ByteReader in = places.in();
      int layout = in.u8();
      if (!TimeLayout.isValid(layout)) {
        throw in.corrupt("time layout " + layout);
      }
      return new Spec(count, layout, Longs.read(count, places));
    }

    /// {@inheritDoc}
    ///
    /// As a column of its own, whose rows are those of the row group.
    @Override
    public Column open(GroupChunks source) {
      return new TimeColumn(this, source, row -> row);
    }
  }

  /// The row of the row group that a row of this column belongs to.
  interface RowOf {
    int row(int place);
  }

  private final Spec spec;
  private final GroupChunks source;
  private final RowOf rowOf;
  private final TimeLayout printer = new TimeLayout();
  private long[] distances;

  TimeColumn(Spec spec, GroupChunks source, RowOf rowOf) {
    super(spec.count);
    this.spec = spec;
    this.source = source;
    this.rowOf = rowOf;
  }

  @Override
  void append(int row, ByteWriter out) {
    if (distances == null) {
      distances = spec.distances.load(source);
    }
    long unit = TimeLayout.unit(spec.layout);
    long entry = Math.floorDiv(source.times()[rowOf.row(row)], unit);
    printer.print(spec.layout, entry + distances[row], out);
  }

  @Override
  boolean possible(Op op, byte[] part) {
    return TimeLayout.possible(part, spec.layout);
  }

  @Override
  BitSet match(Op op, byte[] part) {
    return possible(op, part) ? matchEach(op, part) : new BitSet();
  }

  static void write(int layout, long[] distances, int count, GroupOutput out) {
    out.directory.u8(ColumnSpec.TIME);
    out.directory.u8(layout);
    Longs.write(distances, count, out);
  }
}
