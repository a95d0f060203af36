package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanValue;

/// What the spans of the row group being written have: tokens for its filter, and what is new among
/// them for the block's tags. Owned by one thread.
final class GroupTokens {
  final TokenSet tokens = new TokenSet();
  private final TagCollector tags;
  private final ProtoCursor value = new ProtoCursor();
  private final ProtoCursor array = new ProtoCursor();
  private final ProtoCursor element = new ProtoCursor();

  GroupTokens(TagCollector tags) {
    this.tags = tags;
  }

  static long intrinsicKey(SpanField.Intrinsic field) {
    return Tokens.key(Tokens.INTRINSIC, field.name());
  }

  void intrinsic(SpanField.Intrinsic field, long key, byte[] bytes, int offset, int length) {
    if (tokens.add(Tokens.text(key, bytes, offset, length))) {
      tokens.add(Tokens.exists(key));
      tags.value(Tokens.INTRINSIC, field.name(), text(bytes, offset, length));
    }
  }

  private static SpanValue text(byte[] bytes, int offset, int length) {
    return new SpanValue.Text(
        new String(bytes, offset, length, java.nio.charset.StandardCharsets.UTF_8));
  }

  void attribute(int scope, Attribute a) {
    attribute(scope, Tokens.key(scope, a.bytes, a.keyStart, a.keyLength), a);
  }

  void attribute(int scope, long key, Attribute a) {
    if (tokens.add(Tokens.exists(key))) {
      tags.name(scope, a.keyText());
    }
    switch (a.type) {
      case ValueType.TEXT -> text(scope, key, a, a.bytes, a.start, a.length);
      case ValueType.INT -> integer(scope, key, a, a.number);
      case ValueType.DOUBLE -> decimal(scope, key, a, Double.longBitsToDouble(a.number));
      case ValueType.BOOL -> bool(scope, key, a, a.number != 0);
      case ValueType.OTHER -> other(scope, key, a);
      default -> {}
    }
  }

  private void text(int scope, long key, Attribute a, byte[] bytes, int offset, int length) {
    if (tokens.add(Tokens.text(key, bytes, offset, length))) {
      tags.value(scope, a.keyText(), text(bytes, offset, length));
    }
  }

  private void integer(int scope, long key, Attribute a, long number) {
    if (tokens.add(Tokens.integer(key, number))) {
      tags.value(scope, a.keyText(), new SpanValue.Int(number));
    }
  }

  private void decimal(int scope, long key, Attribute a, double number) {
    if (tokens.add(Tokens.decimal(key, number))) {
      tags.value(scope, a.keyText(), new SpanValue.Decimal(number));
    }
  }

  private void bool(int scope, long key, Attribute a, boolean is) {
    if (tokens.add(Tokens.bool(key, is))) {
      tags.value(scope, a.keyText(), new SpanValue.Bool(is));
    }
  }

  /// Elements of an array count as values.
  private void other(int scope, long key, Attribute a) {
    value.over(a.bytes, a.start, a.length);
    while (value.next()) {
      if (!value.is(5, ProtoCursor.BYTES)) {
        continue;
      }
      array.inside(value);
      while (array.next()) {
        if (!array.is(1, ProtoCursor.BYTES)) {
          continue;
        }
        element.inside(array);
        while (element.next()) {
          if (element.is(1, ProtoCursor.BYTES)) {
            text(scope, key, a, element.bytes, element.start, element.length);
          } else if (element.is(2, ProtoCursor.VARINT)) {
            bool(scope, key, a, element.number != 0);
          } else if (element.is(3, ProtoCursor.VARINT)) {
            integer(scope, key, a, element.number);
          } else if (element.is(4, ProtoCursor.FIXED64)) {
            decimal(scope, key, a, Double.longBitsToDouble(element.number));
          }
        }
      }
    }
  }
}
