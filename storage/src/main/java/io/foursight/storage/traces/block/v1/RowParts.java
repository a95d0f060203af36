package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.SpanColumn;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.parquet.io.api.Binary;

/// The kinds of [RowPart].
final class RowParts {
  private RowParts() {}

  /// A text column with at most one value a row.
  record Text(Leaf leaf, FieldColumn into, FieldColumn.Codes codes) implements RowPart {
    @Override
    public void read() {
      leaf.read();
      if (leaf.present) {
        into.text(leaf, codes);
      }
    }

    @Override
    public void skip() {
      leaf.skip();
    }
  }

  /// An attribute column of numbers.
  record Number(Leaf leaf, int type, FieldColumn into) implements RowPart {
    @Override
    public void read() {
      leaf.read();
      if (leaf.present) {
        into.number(type, leaf.number);
      }
    }

    @Override
    public void skip() {
      leaf.skip();
    }
  }

  /// Attributes of a list. Of spans only the first value of a key counts, and none when the
  /// attribute's own column gave one.
  static final class Listed implements RowPart {
    private final AttributeListReader list;
    private final boolean first;
    private final byte[][] keys;
    private final FieldColumn[] into;
    private final FieldColumn.Codes[] codes;
    private int[] columnOfCode = {};

    Listed(AttributeListReader list, boolean first, Map<String, FieldColumn> wanted) {
      this.list = list;
      this.first = first;
      keys = new byte[wanted.size()][];
      into = new FieldColumn[keys.length];
      codes = new FieldColumn.Codes[keys.length];
      int i = 0;
      for (Map.Entry<String, FieldColumn> e : wanted.entrySet()) {
        keys[i] = e.getKey().getBytes(StandardCharsets.UTF_8);
        into[i] = e.getValue();
        codes[i++] = new FieldColumn.Codes();
      }
    }

    @Override
    public void read() {
      do {
        if (list.next()) {
          int column = column();
          if (column >= 0 && (!first || into[column].isEmptyRow())) {
            add(column);
          }
        }
      } while (list.key.goesOn());
    }

    /// The field that the element's key belongs to, or -1.
    private int column() {
      int code = list.key.code;
      if (code < 0) {
        return find(list.key.binary);
      }
      if (columnOfCode.length <= code) {
        columnOfCode = Arrays.copyOf(columnOfCode, list.key.dictionarySize());
      }
      if (columnOfCode[code] == 0) {
        columnOfCode[code] = find(list.key.binary) + 2;
      }
      return columnOfCode[code] - 2;
    }

    private int find(Binary key) {
      byte[] bytes = key.getBytesUnsafe();
      for (int i = 0; i < keys.length; i++) {
        if (Arrays.equals(keys[i], bytes)) {
          return i;
        }
      }
      return -1;
    }

    private void add(int column) {
      FieldColumn to = into[column];
      switch (list.type) {
        case ValueType.TEXT -> to.text(list.textLeaf(), codes[column]);
        case ValueType.OTHER -> {
          byte[] any = list.bytes.getBytesUnsafe();
          ValueSink.read(any, 0, any.length, to);
        }
        case 0 -> to.other();
        default -> to.number(list.type, list.number);
      }
    }

    @Override
    public void skip() {
      list.skip();
    }
  }

  /// Attributes of the resource or the scope, read from the message once for each that there is.
  static final class Origin implements RowPart {
    private static final int MAX_KNOWN = 1 << 12;

    private final Leaf leaf;
    private final int field;
    private final List<byte[]> keys;
    private final List<FieldColumn> into;
    private final Map<Integer, ParsedValues[]> byCode = new HashMap<>();
    private final Map<Binary, ParsedValues[]> byContent = new HashMap<>();
    private final Attribute attribute = new Attribute();

    /// @param leaf of the messages
    /// @param field of the attributes in the message
    Origin(Leaf leaf, int field, Map<String, FieldColumn> wanted) {
      this.leaf = leaf;
      this.field = field;
      keys = wanted.keySet().stream().map(k -> k.getBytes(StandardCharsets.UTF_8)).toList();
      into = List.copyOf(wanted.values());
    }

    @Override
    public void read() {
      leaf.read();
      ParsedValues[] values;
      if (leaf.code >= 0) {
        values = byCode.computeIfAbsent(leaf.code, c -> parse(leaf.binary));
      } else {
        values = byContent.get(leaf.binary);
        if (values == null) {
          if (byContent.size() >= MAX_KNOWN) {
            byContent.clear();
          }
          values = parse(leaf.binary);
          byContent.put(leaf.binary.copy(), values);
        }
      }
      for (int i = 0; i < values.length; i++) {
        values[i].addTo(into.get(i));
      }
    }

    private ParsedValues[] parse(Binary message) {
      var parsed = new ParsedValues[keys.size()];
      for (int i = 0; i < parsed.length; i++) {
        parsed[i] = new ParsedValues();
      }
      byte[] bytes = message.getBytesUnsafe();
      var cursor = new ProtoCursor().over(bytes, 0, bytes.length);
      while (cursor.next()) {
        if (!cursor.is(field, ProtoCursor.BYTES)) {
          continue;
        }
        attribute.read(cursor);
        for (int i = 0; i < parsed.length; i++) {
          if (attribute.keyIs(keys.get(i)) && parsed[i].isEmpty()) {
            add(parsed[i]);
          }
        }
      }
      return parsed;
    }

    private void add(ParsedValues to) {
      switch (attribute.type) {
        case ValueType.TEXT -> to.text(attribute.bytes, attribute.start, attribute.length);
        case ValueType.OTHER ->
            ValueSink.read(attribute.bytes, attribute.start, attribute.length, to);
        case 0 -> to.other();
        default -> to.number(attribute.type, attribute.number);
      }
    }

    @Override
    public void skip() {
      leaf.skip();
    }
  }

  /// Names of events.
  record EventNames(Leaf leaf, FieldColumn into, FieldColumn.Codes codes) implements RowPart {
    @Override
    public void read() {
      do {
        leaf.read();
        if (leaf.present) {
          into.text(leaf, codes);
        }
      } while (leaf.goesOn());
    }

    @Override
    public void skip() {
      leaf.skipRow();
    }
  }

  /// Times of events after the span's start, which is read before.
  record EventTimes(Leaf leaf, LongSupplier start, FieldColumn into) implements RowPart {
    @Override
    public void read() {
      do {
        leaf.read();
        if (leaf.present) {
          into.number(SpanColumn.DURATION, leaf.number - start.getAsLong());
        }
      } while (leaf.goesOn());
    }

    @Override
    public void skip() {
      leaf.skipRow();
    }
  }

  /// Ids in links, as hex digits.
  record LinkIds(Leaf leaf, FieldColumn into) implements RowPart {
    @Override
    public void read() {
      do {
        leaf.read();
        if (leaf.present) {
          byte[] hex =
              HexFormat.of().formatHex(leaf.binary.getBytes()).getBytes(StandardCharsets.US_ASCII);
          into.text(hex, 0, hex.length);
        }
      } while (leaf.goesOn());
    }

    @Override
    public void skip() {
      leaf.skipRow();
    }
  }
}
