package io.foursight.storage.logs.block.v1;

import io.foursight.storage.encoding.ByteReader;

/// A column as the directory tells it: `| kind u8 | ... |`, the rest as each kind draws it.
/// Immutable.
sealed interface ColumnSpec
    permits ConstColumn.Spec,
        RawColumn.Spec,
        DictColumn.Spec,
        RepeatColumn.Spec,
        IntegerColumn.Spec,
        DecimalColumn.Spec,
        HexColumn.Spec,
        TimeColumn.Spec,
        TemplateColumn.Spec {
  int CONST = 0;
  int RAW = 1;
  int DICT = 2;
  int REPEAT = 3;
  int INTEGER = 4;
  int DECIMAL = 5;
  int HEX = 6;
  int TIME = 7;
  int TEMPLATE = 8;

  /// Deeper nesting than writers make is damage.
  int MAX_DEPTH = 8;

  int count();

  Column open(GroupChunks source);

  static ColumnSpec read(int count, Chunk.Places places) {
    return read(count, places, 0);
  }

  static ColumnSpec read(int count, Chunk.Places places, int depth) {
    ByteReader in = places.in();
    int kind = in.u8();
    if (depth > MAX_DEPTH) {
      throw in.corrupt("columns nested deeper than " + MAX_DEPTH);
    }
    return switch (kind) {
      case CONST -> new ConstColumn.Spec(count, in.bytes(in.varint(in.remaining())));
      case RAW -> RawColumn.Spec.read(count, places);
      case DICT -> DictColumn.Spec.read(count, places, depth);
      case REPEAT -> RepeatColumn.Spec.read(count, places, depth);
      case INTEGER -> IntegerColumn.Spec.read(count, places);
      case DECIMAL -> DecimalColumn.Spec.read(count, places);
      case HEX -> HexColumn.Spec.read(count, places);
      case TIME -> TimeColumn.Spec.read(count, places);
      case TEMPLATE -> TemplateColumn.Spec.read(count, places, depth);
      default -> throw in.corrupt("column of kind " + kind);
    };
  }
}
