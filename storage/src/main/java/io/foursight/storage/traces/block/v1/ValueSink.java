package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.SpanColumn;

/// Takes the values of an attribute as [SpanColumn] tells them.
interface ValueSink {
  void number(int type, long value);

  void text(byte[] from, int offset, int length);

  /// The value is an array, perhaps an empty one; its elements follow.
  void array();

  /// What cannot be compared.
  default void other() {
    number(SpanColumn.OTHER, 0);
  }

  /// The value in an `AnyValue` message.
  static void read(byte[] message, int offset, int length, ValueSink into) {
    read(message, offset, length, into, true);
  }

  private static void read(byte[] message, int offset, int length, ValueSink into, boolean arrays) {
    var value = new ProtoCursor().over(message, offset, length);
    if (!value.next()) {
      into.other();
    } else if (value.is(1, ProtoCursor.BYTES)) {
      into.text(message, value.start, value.length);
    } else if (value.is(2, ProtoCursor.VARINT)) {
      into.number(SpanColumn.BOOL, value.number == 0 ? 0 : 1);
    } else if (value.is(3, ProtoCursor.VARINT)) {
      into.number(SpanColumn.INT, value.number);
    } else if (value.is(4, ProtoCursor.FIXED64)) {
      into.number(SpanColumn.DOUBLE, value.number);
    } else if (arrays && value.is(5, ProtoCursor.BYTES)) {
      into.array();
      var elements = new ProtoCursor().inside(value);
      while (elements.next()) {
        if (elements.is(1, ProtoCursor.BYTES)) {
          read(message, elements.start, elements.length, into, false);
        }
      }
    } else {
      into.other();
    }
  }
}
