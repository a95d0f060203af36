package io.foursight.storage.logs.block.v1;

import io.foursight.storage.encoding.ByteWriter;
import java.util.BitSet;

/// Distinct values, and for each row which: `| distinct varint | codes: Longs | values: column |`.
final class DictColumn extends Column {
  record Spec(int count, int distinct, Longs codes, ColumnSpec values) implements ColumnSpec {
    static Spec read(int count, Chunk.Places places, int depth) {
      int distinct = places.in().varint(count);
      Longs codes = Longs.read(count, places);
      return new Spec(count, distinct, codes, ColumnSpec.read(distinct, places, depth + 1));
    }

    @Override
    public Column open(GroupChunks source) {
      return new DictColumn(this, source);
    }
  }

  private final Spec spec;
  private final GroupChunks source;
  private final Column values;
  private int[] codes;

  private DictColumn(Spec spec, GroupChunks source) {
    super(spec.count);
    this.spec = spec;
    this.source = source;
    values = spec.values.open(source);
  }

  int[] codes() {
    if (codes == null) {
      codes = spec.codes.loadInts(source, spec.distinct - 1);
    }
    return codes;
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
    int[] all = codes();
    for (int i = 0; i < all.length; i++) {
      if (found.get(all[i])) {
        rows.set(i);
      }
    }
    return rows;
  }
}
