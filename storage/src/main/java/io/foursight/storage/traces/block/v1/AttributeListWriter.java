package io.foursight.storage.traces.block.v1;

import java.util.function.Function;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriter;

/// The six columns of one attribute list: exactly one value column of an element is set, none when
/// the attribute came without a value. Repetition levels are the caller's; `level` is the
/// definition level of an element.
final class AttributeListWriter {
  private final ColumnWriter key;
  private final ColumnWriter text;
  private final ColumnWriter integer;
  private final ColumnWriter decimal;
  private final ColumnWriter bool;
  private final ColumnWriter other;
  private final int level;

  AttributeListWriter(
      SpanSchema schema, String list, Function<ColumnDescriptor, ColumnWriter> writers) {
    key = writers.apply(schema.attribute(list, "key"));
    text = writers.apply(schema.attribute(list, "string_value"));
    integer = writers.apply(schema.attribute(list, "int_value"));
    decimal = writers.apply(schema.attribute(list, "double_value"));
    bool = writers.apply(schema.attribute(list, "bool_value"));
    other = writers.apply(schema.attribute(list, "other_value"));
    level = schema.attribute(list, "key").getMaxDefinitionLevel();
  }

  /// No element, where the levels say how far things are defined.
  void nothing(int repetition, int definition) {
    key.writeNull(repetition, definition);
    text.writeNull(repetition, definition);
    integer.writeNull(repetition, definition);
    decimal.writeNull(repetition, definition);
    bool.writeNull(repetition, definition);
    other.writeNull(repetition, definition);
  }

  void add(int repetition, Attribute attribute) {
    key.write(attribute.key(), repetition, level);
    int type = attribute.type;
    if (type == ValueType.TEXT) {
      text.write(attribute.binary(), repetition, level + 1);
    } else {
      text.writeNull(repetition, level);
    }
    if (type == ValueType.INT) {
      integer.write(attribute.number, repetition, level + 1);
    } else {
      integer.writeNull(repetition, level);
    }
    if (type == ValueType.DOUBLE) {
      decimal.write(Double.longBitsToDouble(attribute.number), repetition, level + 1);
    } else {
      decimal.writeNull(repetition, level);
    }
    if (type == ValueType.BOOL) {
      bool.write(attribute.number != 0, repetition, level + 1);
    } else {
      bool.writeNull(repetition, level);
    }
    if (type == ValueType.OTHER) {
      other.write(attribute.binary(), repetition, level + 1);
    } else {
      other.writeNull(repetition, level);
    }
  }
}
