package io.foursight.storage.traces.block.v1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The values of one attribute, to be added to many rows.
final class ParsedValues implements ValueSink {
  private record Value(int type, long number, Optional<byte[]> text) {}

  private final List<Value> values = new ArrayList<>(1);
  private boolean array;

  @Override
  public void number(int type, long value) {
    values.add(new Value(type, value, Optional.empty()));
  }

  @Override
  public void text(byte[] from, int offset, int length) {
    values.add(
        new Value(
            ValueType.TEXT, 0, Optional.of(Arrays.copyOfRange(from, offset, offset + length))));
  }

  @Override
  public void array() {
    array = true;
  }

  boolean isEmpty() {
    return values.isEmpty() && !array;
  }

  private FieldColumn cachedIn;
  private int cachedPage = -1;
  private int cachedCode;

  void addTo(FieldColumn column) {
    if (array) {
      column.array();
    }
    if (values.size() == 1 && values.getFirst().text.isPresent()) {
      // By far the most frequent: a text, which a page keeps once.
      if (cachedIn != column || cachedPage != column.page()) {
        byte[] text = values.getFirst().text.get();
        cachedIn = column;
        cachedPage = column.page();
        cachedCode = column.code(text, 0, text.length);
      }
      column.number(ValueType.TEXT, cachedCode);
      return;
    }
    for (Value value : values) {
      if (value.text.isPresent()) {
        byte[] text = value.text.get();
        column.text(text, 0, text.length);
      } else {
        column.number(value.type, value.number);
      }
    }
  }
}
