package io.foursight.storage.traces.block.v1;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;

/// Attributes as a JSON object, for people and query tools: text, numbers and booleans as such,
/// bytes in base64, arrays and maps nested, numbers that JSON lacks as text. Of a repeated key the
/// first counts. Lossy: nobody reads it back.
final class AttributesJson {
  private static final int MAX_DEPTH = 32;

  private final StringBuilder out = new StringBuilder();

  /// @param field of the `KeyValue`s in the message
  static String of(byte[] message, int field) {
    var json = new AttributesJson();
    json.object(message, 0, message.length, field, 0);
    return json.out.toString();
  }

  private void object(byte[] bytes, int offset, int length, int field, int depth) {
    out.append('{');
    var keys = new HashSet<String>();
    var cursor = new ProtoCursor().over(bytes, offset, length);
    var attribute = new ProtoCursor();
    while (cursor.next()) {
      if (!cursor.is(field, ProtoCursor.BYTES)) {
        continue;
      }
      String key = "";
      int start = -1;
      int size = 0;
      attribute.inside(cursor);
      while (attribute.next()) {
        if (attribute.is(1, ProtoCursor.BYTES)) {
          key = text(attribute);
        } else if (attribute.is(2, ProtoCursor.BYTES)) {
          start = attribute.start;
          size = attribute.length;
        }
      }
      if (!keys.add(key)) {
        continue;
      }
      if (keys.size() > 1) {
        out.append(',');
      }
      quoted(key);
      out.append(':');
      if (start < 0) {
        out.append("null");
      } else {
        value(bytes, start, size, depth + 1);
      }
    }
    out.append('}');
  }

  private void value(byte[] bytes, int offset, int length, int depth) {
    var value = new ProtoCursor().over(bytes, offset, length);
    if (depth > MAX_DEPTH || !value.next()) {
      out.append("null");
    } else if (value.is(1, ProtoCursor.BYTES)) {
      quoted(text(value));
    } else if (value.is(2, ProtoCursor.VARINT)) {
      out.append(value.number != 0);
    } else if (value.is(3, ProtoCursor.VARINT)) {
      out.append(value.number);
    } else if (value.is(4, ProtoCursor.FIXED64)) {
      double number = Double.longBitsToDouble(value.number);
      if (Double.isFinite(number)) {
        out.append(number);
      } else {
        quoted(Double.toString(number));
      }
    } else if (value.is(5, ProtoCursor.BYTES)) {
      array(value, depth);
    } else if (value.is(6, ProtoCursor.BYTES)) {
      object(bytes, value.start, value.length, 1, depth);
    } else if (value.is(7, ProtoCursor.BYTES)) {
      var copy = java.util.Arrays.copyOfRange(bytes, value.start, value.start + value.length);
      quoted(Base64.getEncoder().encodeToString(copy));
    } else {
      out.append("null");
    }
  }

  private void array(ProtoCursor at, int depth) {
    var elements = new ProtoCursor().inside(at);
    out.append('[');
    boolean first = true;
    while (elements.next()) {
      if (elements.is(1, ProtoCursor.BYTES)) {
        if (!first) {
          out.append(',');
        }
        first = false;
        value(elements.bytes, elements.start, elements.length, depth + 1);
      }
    }
    out.append(']');
  }

  private static String text(ProtoCursor at) {
    return new String(at.bytes, at.start, at.length, StandardCharsets.UTF_8);
  }

  private void quoted(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
