package io.foursight.storage.logs.block.v1;

import io.foursight.storage.encoding.ByteWriter;
import java.util.BitSet;

/// One value throughout: `| length varint | bytes |`.
final class ConstColumn extends Column {
  record Spec(int count, byte[] value) implements ColumnSpec {
    @Override
    public Column open(GroupChunks source) {
      return new ConstColumn(this);
    }
  }

  private final byte[] value;

  private ConstColumn(Spec spec) {
    super(spec.count);
    value = spec.value;
  }

  @Override
  void append(int row, ByteWriter out) {
    out.bytes(value, 0, value.length);
  }

  @Override
  int codeCount() {
    return Math.min(count, 1);
  }

  @Override
  int code(int row) {
    return 0;
  }

  @Override
  boolean possible(Op op, byte[] part) {
    return Needle.test(op, value, 0, value.length, part);
  }

  @Override
  BitSet match(Op op, byte[] part) {
    return Needle.test(op, value, 0, value.length, part) ? all(count) : new BitSet();
  }

  static void write(byte[] value, GroupOutput out) {
    out.directory.u8(ColumnSpec.CONST);
    out.directory.varint(value.length);
    out.directory.bytes(value, 0, value.length);
  }
}
