package io.foursight.storage.logs.block.v1;

import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;

/// What lines have in common: literal, variable, literal, ..., variable, literal; literals may be
/// empty. `| variables varint | (literal length varint, literal)* | column varint* |`.
///
/// @param literals one more than `columns`
/// @param columns of the variables
record Template(byte[][] literals, int[] columns) {

  static Template read(ByteReader in, int columnCount) {
    int variables = in.varint(in.remaining());
    var literals = new byte[variables + 1][];
    for (int i = 0; i <= variables; i++) {
      literals[i] = in.bytes(in.varint(in.remaining()));
    }
    var columns = new int[variables];
    for (int i = 0; i < variables; i++) {
      columns[i] = in.varint(columnCount - 1);
    }
    return new Template(literals, columns);
  }

  void write(ByteWriter out) {
    out.varint(columns.length);
    for (byte[] literal : literals) {
      out.varint(literal.length);
      out.bytes(literal, 0, literal.length);
    }
    for (int column : columns) {
      out.varint(column);
    }
  }
}
