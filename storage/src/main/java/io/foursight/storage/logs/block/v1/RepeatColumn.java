package io.foursight.storage.logs.block.v1;

import io.foursight.model.FoursightException;
import io.foursight.storage.encoding.ByteWriter;
import java.util.BitSet;

/// Values that often are those of the row before: `| chunk: a bit a row, low first, set where the
/// value is new | new values varint | new values: column |`. The first row's bit is set.
final class RepeatColumn extends Column {
  record Spec(int count, Chunk changes, ColumnSpec values) implements ColumnSpec {
    static Spec read(int count, Chunk.Places places, int depth) {
      Chunk changes = places.read();
      int changed = places.in().varint(count);
      if (changes.rawLength() != (count + 7) / 8 || changed == 0 && count > 0) {
        throw places.in().corrupt(changes.rawLength() + " bytes of bits for " + count + " rows");
      }
      return new Spec(count, changes, ColumnSpec.read(changed, places, depth + 1));
    }

    @Override
    public Column open(GroupChunks source) {
      return new RepeatColumn(this, source);
    }
  }

  private final Spec spec;
  private final GroupChunks source;
  private final Column values;
  private int[] codes;

  private RepeatColumn(Spec spec, GroupChunks source) {
    super(spec.count);
    this.spec = spec;
    this.source = source;
    values = spec.values.open(source);
  }

  /// Which of the new values each row has.
  int[] codes() {
    if (codes != null) {
      return codes;
    }
    byte[] bits = source.bytes(spec.changes);
    var of = new int[count];
    int code = -1;
    for (int i = 0; i < count; i++) {
      code += bits[i >>> 3] >>> (i & 7) & 1;
      of[i] = code;
    }
    if (count > 0 && (code != values.count - 1 || of[0] != 0)) {
      throw FoursightException.corrupt(
          LogsBlockFormat.ROWS + ": " + (code + 1) + " changes, " + values.count + " values");
    }
    codes = of;
    return of;
  }

  @Override
  int codeCount() {
    return values.codeCount();
  }

  @Override
  int code(int row) {
    return values.code(codes()[row]);
  }

  @Override
  void appendCode(int code, ByteWriter out) {
    values.appendCode(code, out);
  }

  @Override
  void append(int row, ByteWriter out) {
    values.append(codes()[row], out);
  }

  @Override
  boolean possible(Op op, byte[] part) {
    return values.possible(op, part);
  }

  @Override
  BitSet match(Op op, byte[] part) {
    BitSet found = values.match(op, part);
    if (found.isEmpty()) {
      return found;
    }
    var rows = new BitSet(count);
    int[] of = codes();
    for (int i = 0; i < count; i++) {
      if (found.get(of[i])) {
        rows.set(i);
      }
    }
    return rows;
  }
}
