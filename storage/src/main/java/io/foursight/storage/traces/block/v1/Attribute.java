package io.foursight.storage.traces.block.v1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.parquet.io.api.Binary;

/// One OTLP `KeyValue` taken to pieces, reused for each. `type` is of [ValueType], or 0 when there
/// is no value. `number` has integers, bits of doubles, and 0 or 1; `start` and `length` tell where
/// text, or the `AnyValue` message of another value, lie. Owned by one thread.
final class Attribute {
  byte[] bytes;
  int keyStart;
  int keyLength;
  int type;
  long number;
  int start;
  int length;

  /// Whether columns hold it exactly: nothing unknown, nothing twice, all text is UTF-8.
  boolean exact;

  private final ProtoCursor pair = new ProtoCursor();
  private final ProtoCursor value = new ProtoCursor();

  /// @param at stands at the field with the `KeyValue`
  void read(ProtoCursor at) {
    pair.inside(at);
    bytes = at.bytes;
    keyStart = at.start;
    keyLength = 0;
    type = 0;
    exact = true;
    boolean valued = false;
    boolean keyed = false;
    while (pair.next()) {
      if (pair.is(1, ProtoCursor.BYTES) && !keyed) {
        keyed = true;
        keyStart = pair.start;
        keyLength = pair.length;
      } else if (pair.is(2, ProtoCursor.BYTES) && !valued) {
        valued = true;
        value();
      } else {
        exact = false;
      }
    }
    exact &= Utf8.isValid(bytes, keyStart, keyLength);
  }

  private void value() {
    type = ValueType.OTHER;
    start = pair.start;
    length = pair.length;
    value.inside(pair);
    int fields = 0;
    while (value.next()) {
      if (++fields > 1) {
        // Only the last one counts, and what it is merged with is nobody's business.
        type = ValueType.OTHER;
        exact = false;
        return;
      }
      if (value.is(1, ProtoCursor.BYTES)) {
        if (Utf8.isValid(bytes, value.start, value.length)) {
          type = ValueType.TEXT;
          start = value.start;
          length = value.length;
        }
      } else if (value.is(2, ProtoCursor.VARINT)) {
        type = ValueType.BOOL;
        number = value.number == 0 ? 0 : 1;
      } else if (value.is(3, ProtoCursor.VARINT)) {
        type = ValueType.INT;
        number = value.number;
      } else if (value.is(4, ProtoCursor.FIXED64)) {
        type = ValueType.DOUBLE;
        number = value.number;
      }
    }
  }

  Binary binary() {
    return Binary.fromReusedByteArray(bytes, start, length);
  }

  boolean keyIs(byte[] key) {
    return Arrays.equals(bytes, keyStart, keyStart + keyLength, key, 0, key.length);
  }

  Binary key() {
    return Utf8.isValid(bytes, keyStart, keyLength)
        ? Binary.fromReusedByteArray(bytes, keyStart, keyLength)
        : Binary.fromString(keyText());
  }

  String keyText() {
    return new String(bytes, keyStart, keyLength, StandardCharsets.UTF_8);
  }

  String text() {
    return new String(bytes, start, length, StandardCharsets.UTF_8);
  }
}
