package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanValue;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Names of attributes with some of their values, by scope (see [Tokens]): what answers questions
/// for tags without reading spans. A name whose values are too many or too long is marked cut, and
/// then says nothing about values; when there are too many names, `namesCut` says so.
///
/// ```
/// | names cut u8 | count varint | entries |      by scope, then name
/// entry: | scope u8 | name text | cut u8 | count varint | values |
/// value: | type u8 | text, or zigzag, or u64, or u8 |
/// ```
final class TagCollector {
  private static final int MAX_NAMES = 1 << 14;
  private static final int MAX_VALUES = 512;
  private static final int MAX_VALUE_BYTES = 16 << 10;

  private record Key(int scope, String name) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int order = Integer.compare(scope, other.scope);
      return order != 0 ? order : name.compareTo(other.name);
    }
  }

  private static final class Values {
    final Set<SpanValue> all = new LinkedHashSet<>();
    int bytes;
    boolean cut;
  }

  private final TreeMap<Key, Values> names = new TreeMap<>();
  private boolean namesCut;

  private Optional<Values> of(int scope, String name) {
    var key = new Key(scope, name);
    Values values = names.get(key);
    if (values == null) {
      if (names.size() >= MAX_NAMES) {
        namesCut = true;
        return Optional.empty();
      }
      values = new Values();
      names.put(key, values);
    }
    return Optional.of(values);
  }

  void name(int scope, String name) {
    of(scope, name);
  }

  void value(int scope, String name, SpanValue value) {
    of(scope, name).ifPresent(values -> add(values, value));
  }

  private static void add(Values values, SpanValue value) {
    if (values.cut) {
      return;
    }
    values.bytes += value instanceof SpanValue.Text text ? text.value().length() + 8 : 8;
    if (values.all.size() == MAX_VALUES || values.bytes > MAX_VALUE_BYTES) {
      values.cut = true;
      values.all.clear();
    } else {
      values.all.add(value);
    }
  }

  boolean namesCut() {
    return namesCut;
  }

  List<String> names(SpanField.Scope scope) {
    var found = new ArrayList<String>();
    names.keySet().stream()
        .filter(key -> key.scope == scope.ordinal())
        .forEach(key -> found.add(key.name));
    return found;
  }

  /// False only when no span has it.
  boolean mayHave(int scope, String name) {
    return namesCut || names.containsKey(new Key(scope, name));
  }

  /// All values of a field; empty when they are not all known here.
  Optional<List<SpanValue>> values(int scope, String name) {
    Values values = names.get(new Key(scope, name));
    if (values == null) {
      return namesCut ? Optional.empty() : Optional.of(List.of());
    }
    return values.cut ? Optional.empty() : Optional.of(List.copyOf(values.all));
  }

  void write(ByteWriter out) {
    out.u8(namesCut ? 1 : 0);
    out.varint(names.size());
    names.forEach((key, values) -> {
      out.u8(key.scope);
      out.text(key.name);
      out.u8(values.cut ? 1 : 0);
      out.varint(values.all.size());
      values.all.forEach(value -> write(value, out));
    });
  }

  private static void write(SpanValue value, ByteWriter out) {
    switch (value) {
      case SpanValue.Text text -> {
        out.u8(ValueType.TEXT);
        out.text(text.value());
      }
      case SpanValue.Int integer -> {
        out.u8(ValueType.INT);
        out.zigzag(integer.value());
      }
      case SpanValue.Decimal decimal -> {
        out.u8(ValueType.DOUBLE);
        out.u64(Double.doubleToRawLongBits(decimal.value()));
      }
      case SpanValue.Bool bool -> {
        out.u8(ValueType.BOOL);
        out.u8(bool.value() ? 1 : 0);
      }
      case SpanValue.Duration d -> throw new IllegalArgumentException("no tag: " + d);
      case SpanValue.Status s -> throw new IllegalArgumentException("no tag: " + s);
      case SpanValue.Kind k -> throw new IllegalArgumentException("no tag: " + k);
      case SpanValue.Many m -> throw new IllegalArgumentException("no tag: " + m);
      case SpanValue.Nil n -> throw new IllegalArgumentException("no tag: " + n);
    }
  }

  static TagCollector read(ByteReader in) {
    var tags = new TagCollector();
    tags.namesCut = in.u8() != 0;
    int count = in.varint(in.remaining());
    for (int i = 0; i < count; i++) {
      var key = new Key(in.u8(), in.text());
      var values = new Values();
      values.cut = in.u8() != 0;
      int size = in.varint(in.remaining());
      for (int v = 0; v < size; v++) {
        values.all.add(readValue(in));
      }
      tags.names.put(key, values);
    }
    return tags;
  }

  private static SpanValue readValue(ByteReader in) {
    int type = in.u8();
    return switch (type) {
      case ValueType.TEXT -> new SpanValue.Text(in.text());
      case ValueType.INT -> new SpanValue.Int(in.zigzag());
      case ValueType.DOUBLE -> new SpanValue.Decimal(Double.longBitsToDouble(in.u64()));
      case ValueType.BOOL -> new SpanValue.Bool(in.u8() != 0);
      default -> throw in.corrupt("tag value of type " + type);
    };
  }
}
