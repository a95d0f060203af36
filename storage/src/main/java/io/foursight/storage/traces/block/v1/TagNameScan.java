package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesTags;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.io.api.Binary;

/// Names of attributes of the spans that pass, from the columns that tell them: the orders and keys
/// of attributes, resources and scopes. Owned by one thread.
final class TagNameScan {
  private final TracesBlockReader block;
  private final TracesSelect select;
  private final Map<SpanField.Scope, Set<String>> names = new EnumMap<>(SpanField.Scope.class);

  TagNameScan(TracesBlockReader block, TracesSelect select) {
    this.block = block;
    this.select = select;
  }

  List<TracesTags> run() {
    GroupPlan.Plan plan = GroupPlan.of(block.head(), block.index(), select, true);
    for (int g = plan.groups().nextSetBit(0); g >= 0; g = plan.groups().nextSetBit(g + 1)) {
      var passing = new PassingRows(block, select, new RowFilter(select, true));
      BitSet rows = passing.of(g, block.spans().allPieces(g), (page, passes) -> {});
      if (!rows.isEmpty()) {
        group(g, rows);
      }
    }
    var all = new ArrayList<TracesTags>();
    names.forEach((scope, found) -> all.add(new TracesTags(scope, List.copyOf(found))));
    return all;
  }

  private void group(int number, BitSet rows) {
    SpanSchema schema = block.spans().schema();
    ColumnDescriptor order = schema.column(SpanSchema.ORDER);
    ColumnDescriptor resource = schema.column(SpanSchema.RESOURCE);
    ColumnDescriptor scope = schema.column(SpanSchema.SCOPE);
    ColumnDescriptor listed = schema.attribute("", "key");
    ColumnDescriptor events = schema.attribute(SpanSchema.EVENTS, "key");
    ColumnDescriptor links = schema.attribute(SpanSchema.LINKS, "key");
    try (SpansReader.Group group =
        block
            .spans()
            .open(
                number,
                block.spans().allPieces(number),
                List.of(order, resource, scope, listed, events, links),
                select.budget())) {
      var seen = new Seen(group, rows);
      seen.flat(order, this::orders);
      seen.flat(resource, message -> keys(SpanField.Scope.RESOURCE, message, 1));
      seen.flat(scope, message -> keys(SpanField.Scope.INSTRUMENTATION, message, 3));
      seen.flat(listed, key -> add(SpanField.Scope.SPAN, key));
      seen.flat(events, key -> add(SpanField.Scope.EVENT, key));
      seen.flat(links, key -> add(SpanField.Scope.LINK, key));
    } catch (RuntimeException e) {
      throw SpansReader.failed(e, number);
    }
  }

  private interface Each {
    void value(Binary value);
  }

  /// Distinct values of columns in some rows.
  private record Seen(SpansReader.Group group, BitSet rows) {
    void flat(ColumnDescriptor column, Each each) {
      Leaf leaf = group.leaf(column);
      var codes = new BitSet();
      var others = new LinkedHashSet<Binary>();
      for (int row = 0; row < group.rows(); row++) {
        if (!rows.get(row)) {
          leaf.skipRow();
          continue;
        }
        do {
          leaf.read();
          if (leaf.present && leaf.code >= 0 && !codes.get(leaf.code)) {
            codes.set(leaf.code);
            each.value(leaf.binary);
          } else if (leaf.present && leaf.code < 0 && !others.contains(leaf.binary)) {
            others.add(leaf.binary.copy());
            each.value(leaf.binary);
          }
        } while (leaf.goesOn());
      }
    }
  }

  private void add(SpanField.Scope scope, Binary key) {
    add(scope, key.toStringUsingUTF8());
  }

  private void add(SpanField.Scope scope, String name) {
    names.computeIfAbsent(scope, s -> new TreeSet<>()).add(name);
  }

  private void orders(Binary order) {
    var slots = new ProtoCursorOrder(order.getBytesUnsafe());
    for (int slot = slots.next(); slot >= 0; slot = slots.next()) {
      if (slot > 0 && slot <= block.head().columns().size()) {
        add(SpanField.Scope.SPAN, block.head().columns().get(slot - 1).key());
      }
    }
  }

  /// Varints one after the other.
  private static final class ProtoCursorOrder {
    private final byte[] bytes;
    private int at;

    ProtoCursorOrder(byte[] bytes) {
      this.bytes = bytes;
    }

    int next() {
      if (at == bytes.length) {
        return -1;
      }
      int slot = 0;
      int shift = 0;
      byte b;
      do {
        b = bytes[at++];
        slot |= (b & 0x7f) << shift;
        shift += 7;
      } while (b < 0 && at < bytes.length);
      return slot;
    }
  }

  private void keys(SpanField.Scope scope, Binary message, int field) {
    byte[] bytes = message.getBytesUnsafe();
    var cursor = new ProtoCursor().over(bytes, 0, bytes.length);
    var pair = new ProtoCursor();
    while (cursor.next()) {
      if (!cursor.is(field, ProtoCursor.BYTES)) {
        continue;
      }
      pair.inside(cursor);
      while (pair.next()) {
        if (pair.is(1, ProtoCursor.BYTES)) {
          add(scope, new String(pair.bytes, pair.start, pair.length, StandardCharsets.UTF_8));
        }
      }
    }
  }
}
