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
    printer.print(spec.layout, value(row), out);
  }

  /// Units of the last digit since the epoch.
  private long value(int row) {
    if (distances == null) {
      distances = spec.distances.load(source);
    }
    long unit = TimeLayout.unit(spec.layout);
    return Math.floorDiv(source.times()[rowOf.row(row)], unit) + distances[row];
  }

  @Override
  boolean possible(Op op, byte[] part) {
    return TimeLayout.possible(part, spec.layout);
  }

  @Override
  BitSet match(Op op, byte[] part) {
    if (!possible(op, part)) {
      return new BitSet();
    }
    int digits = TimeLayout.digits(spec.layout);
    boolean number = true;
    boolean acrossPoint = false;
    for (byte b : part) {
      number &= Tokenizer.isDigit(b);
      acrossPoint |= b == '.' || b == ',';
    }
    if (acrossPoint || op == Op.EQUALS || part.length > 18) {
      return matchEach(op, part);
    }
    if (op == Op.ENDS_WITH && digits > 0 && !number) {
      return new BitSet();
    }
    return matchHalves(op, part, number && part.length <= digits);
  }

  /// A part without a point lies in the seconds, which many rows share, or in the digits behind it.
  private BitSet matchHalves(Op op, byte[] part, boolean mayBeFraction) {
    int digits = TimeLayout.digits(spec.layout);
    long unitsPerSecond = TimeLayout.power(digits);
    long power = TimeLayout.power(mayBeFraction ? part.length : 0);
    long wanted = mayBeFraction ? IntegerColumn.parse(part, 0, part.length) : 0;
    boolean inSeconds = op != Op.ENDS_WITH || digits == 0;
    var rows = new BitSet(count);
    var text = new ByteWriter(32);
    long shown = 0;
    boolean inShown = false;
    for (int row = 0; row < count; row++) {
      long value = value(row);
      long second = Math.floorDiv(value, unitsPerSecond);
      if (inSeconds && (row == 0 || second != shown)) {
        shown = second;
        text.clear();
        printer.print(TimeLayout.withoutFraction(spec.layout), second, text);
        inShown = Needle.test(op, text.array(), 0, text.size(), part);
      }
      boolean found = inShown;
      if (!found && mayBeFraction && op != Op.STARTS_WITH) {
        long fraction = value - second * unitsPerSecond;
        int shifts = op == Op.ENDS_WITH ? 0 : digits - part.length;
        found = fraction % power == wanted;
        for (int k = 0; k < shifts && !found; k++) {
          fraction /= 10;
          found = fraction % power == wanted;
        }
      }
      if (found) {
        rows.set(row);
      }
    }
    return rows;
  }

  static void write(int layout, long[] distances, int count, GroupOutput out) {
    out.directory.u8(ColumnSpec.TIME);
    out.directory.u8(layout);
    Longs.write(distances, count, out);
  }
}
