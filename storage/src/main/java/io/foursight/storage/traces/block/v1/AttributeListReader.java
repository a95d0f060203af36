package io.foursight.storage.traces.block.v1;

import io.foursight.storage.encoding.ByteWriter;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.io.api.Binary;

/// The six columns of one attribute list. After [#next], `type`, `number` and `bytes` tell the
/// element. Owned by one thread.
final class AttributeListReader {
  final Leaf key;
  private final Leaf text;
  private final Leaf integer;
  private final Leaf decimal;
  private final Leaf bool;
  private final Leaf other;

  int type;
  long number;
  Binary bytes = Binary.EMPTY;

  static Collection<ColumnDescriptor> columns(SpanSchema schema, String list) {
    return List.of(
        schema.attribute(list, "key"),
        schema.attribute(list, "string_value"),
        schema.attribute(list, "int_value"),
        schema.attribute(list, "double_value"),
        schema.attribute(list, "bool_value"),
        schema.attribute(list, "other_value"));
  }

  AttributeListReader(SpanSchema schema, String list, SpansReader.Group group) {
    key = group.leaf(schema.attribute(list, "key"));
    text = group.leaf(schema.attribute(list, "string_value"));
    integer = group.leaf(schema.attribute(list, "int_value"));
    decimal = group.leaf(schema.attribute(list, "double_value"));
    bool = group.leaf(schema.attribute(list, "bool_value"));
    other = group.leaf(schema.attribute(list, "other_value"));
  }

  /// `KeyValue` messages of one row or event.
  static final class Encoded {
    private final ByteWriter bytes = new ByteWriter(256);
    private int[] ends = new int[16];
    private int count;

    int count() {
      return count;
    }

    void append(int element, ByteWriter out) {
      int from = element == 0 ? 0 : ends[element - 1];
      out.bytes(bytes.array(), from, ends[element] - from);
    }
  }

  /// Moves to the next element or place without one.
  ///
  /// @return whether there is an element
  boolean next() {
    key.read();
    if (!key.present) {
      text.skip();
      integer.skip();
      decimal.skip();
      bool.skip();
      other.skip();
      return false;
    }
    text.read();
    integer.read();
    decimal.read();
    bool.read();
    other.read();
    type = 0;
    if (text.present) {
      type = ValueType.TEXT;
      bytes = text.binary;
    } else if (integer.present) {
      type = ValueType.INT;
      number = integer.number;
    } else if (decimal.present) {
      type = ValueType.DOUBLE;
      number = decimal.number;
    } else if (bool.present) {
      type = ValueType.BOOL;
      number = bool.number;
    } else if (other.present) {
      type = ValueType.OTHER;
      bytes = other.binary;
    }
    return true;
  }

  /// Dictionary codes of the element's text; see [Leaf#code].
  Leaf textLeaf() {
    return text;
  }

  /// All elements of a row of spans, each with its tag and length.
  void read(Encoded into) {
    into.bytes.clear();
    into.count = 0;
    do {
      if (next()) {
        encode(into.bytes, 9);
        if (into.count == into.ends.length) {
          into.ends = Arrays.copyOf(into.ends, 2 * into.count);
        }
        into.ends[into.count++] = into.bytes.size();
      }
    } while (key.goesOn());
  }

  /// All elements of one event or link, as fields of it.
  void read(ByteWriter out, int field) {
    do {
      if (next()) {
        encode(out, field);
      }
    } while (key.nextRepetition() > 1);
  }

  private void encode(ByteWriter out, int field) {
    int value = Protos.valueSize(type, number, bytes);
    out.varint((long) field << 3 | ProtoCursor.BYTES);
    out.varint(Protos.keyValueSize(key.binary.length(), value));
    Protos.keyValue(out, key.binary, type, number, bytes, value);
  }

  void skip() {
    key.skipRow();
    text.skipRow();
    integer.skipRow();
    decimal.skipRow();
    bool.skipRow();
    other.skipRow();
  }
}
