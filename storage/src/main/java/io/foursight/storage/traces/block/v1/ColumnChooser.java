package io.foursight.storage.traces.block.v1;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Chooses from the first spans of a block which attributes get a column: those that every
/// hundredth span has, at most [#MAX] beside the fixed ones. Spans of a block come in the order of
/// trace ids, so the first ones are a fair sample.
final class ColumnChooser {
  private static final int MAX = 48;
  private static final int MAX_KEYS = 4096;
  private static final int MAX_KEY_BYTES = 128;

  private record Typed(String key, int type) {}

  private final Map<Typed, Integer> counts = new HashMap<>();
  private final ProtoCursor span = new ProtoCursor();
  private final ProtoCursor pair = new ProtoCursor();
  private final ProtoCursor value = new ProtoCursor();
  private int spans;

  void look(byte[] bytes, int offset, int length) {
    spans++;
    span.over(bytes, offset, length);
    while (span.next()) {
      if (span.is(9, ProtoCursor.BYTES)) {
        attribute();
      }
    }
  }

  private void attribute() {
    pair.inside(span);
    String key = "";
    int type = ValueType.OTHER;
    while (pair.next()) {
      if (pair.is(1, ProtoCursor.BYTES) && pair.length <= MAX_KEY_BYTES) {
        key = new String(pair.bytes, pair.start, pair.length, StandardCharsets.UTF_8);
      } else if (pair.is(2, ProtoCursor.BYTES)) {
        value.inside(pair);
        while (value.next()) {
          type =
              switch (value.field) {
                case 1 -> ValueType.TEXT;
                case 2 -> ValueType.BOOL;
                case 3 -> ValueType.INT;
                case 4 -> ValueType.DOUBLE;
                default -> ValueType.OTHER;
              };
        }
      }
    }
    var typed = new Typed(key, type);
    if (type != ValueType.OTHER
        && !key.isEmpty()
        && (counts.size() < MAX_KEYS || counts.containsKey(typed))) {
      counts.merge(typed, 1, Integer::sum);
    }
  }

  /// The columns, in the order of the file. A key has one at most, and so has a column's name in
  /// any case of letters (query tools fold it).
  List<AttributeColumn> columns() {
    var columns = new ArrayList<>(AttributeColumn.ALWAYS);
    var keys = new HashSet<String>();
    var names = new HashSet<String>();
    for (AttributeColumn column : columns) {
      keys.add(column.key());
      names.add(column.name());
    }
    int least = Math.max(2, spans / 100);
    List<Map.Entry<Typed, Integer>> frequent =
        counts.entrySet().stream()
            .filter(e -> e.getValue() >= least)
            .sorted(
                Comparator.<Map.Entry<Typed, Integer>>comparingInt(e -> -e.getValue())
                    .thenComparing(e -> e.getKey().key())
                    .thenComparingInt(e -> e.getKey().type()))
            .toList();
    for (Map.Entry<Typed, Integer> e : frequent) {
      String name = AttributeColumn.columnName(e.getKey().key());
      if (columns.size() < AttributeColumn.ALWAYS.size() + MAX
          && !keys.contains(e.getKey().key())
          && names.add(name.toLowerCase(Locale.ROOT))) {
        keys.add(e.getKey().key());
        columns.add(new AttributeColumn(e.getKey().key(), e.getKey().type(), name));
      }
    }
    return List.copyOf(columns);
  }
}
