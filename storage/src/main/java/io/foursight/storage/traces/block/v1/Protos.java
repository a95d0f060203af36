package io.foursight.storage.traces.block.v1;

import io.foursight.storage.encoding.ByteWriter;
import io.foursight.storage.encoding.Varint;
import java.nio.ByteBuffer;
import org.apache.parquet.io.api.Binary;

/// Writes fields of protobuf messages; numbers that are 0 are left out, as proto3 does. Stateless.
final class Protos {
  private Protos() {}

  private static void tag(ByteWriter out, int field, int type) {
    out.varint((long) field << 3 | type);
  }

  static void varint(ByteWriter out, int field, long value) {
    if (value != 0) {
      tag(out, field, ProtoCursor.VARINT);
      out.varint(value);
    }
  }

  static void fixed64(ByteWriter out, int field, long value) {
    if (value != 0) {
      tag(out, field, ProtoCursor.FIXED64);
      out.u64(value);
    }
  }

  static void fixed32(ByteWriter out, int field, int value) {
    if (value != 0) {
      tag(out, field, ProtoCursor.FIXED32);
      out.u32(value);
    }
  }

  static void bytes(ByteWriter out, int field, Binary value) {
    tag(out, field, ProtoCursor.BYTES);
    out.varint(value.length());
    append(out, value);
  }

  static void bytes(ByteWriter out, int field, byte[] value) {
    tag(out, field, ProtoCursor.BYTES);
    out.varint(value.length);
    out.bytes(value, 0, value.length);
  }

  static void text(ByteWriter out, int field, String value) {
    if (!value.isEmpty()) {
      tag(out, field, ProtoCursor.BYTES);
      out.text(value);
    }
  }

  static void append(ByteWriter out, Binary value) {
    ByteBuffer buffer = value.toByteBuffer();
    if (buffer.hasArray()) {
      out.bytes(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
    } else {
      byte[] copy = value.getBytes();
      out.bytes(copy, 0, copy.length);
    }
  }

  static void message(ByteWriter out, int field, ByteWriter message) {
    tag(out, field, ProtoCursor.BYTES);
    out.varint(message.size());
    out.bytes(message);
  }

  /// Field 9 of a span: a `KeyValue` with a value of a type that has columns.
  static void attribute(ByteWriter out, byte[] key, int type, long number, Binary text) {
    tag(out, 9, ProtoCursor.BYTES);
    int value = valueSize(type, number, text);
    out.varint(keyValueSize(key.length, value));
    keyValue(out, Binary.fromConstantByteArray(key), type, number, text, value);
  }

  static int keyValueSize(int key, int value) {
    return (key > 0 ? 1 + Varint.size(key) + key : 0)
        + (value >= 0 ? 1 + Varint.size(value) + value : 0);
  }

  /// Bytes of the `AnyValue`; -1 when there is none.
  static int valueSize(int type, long number, Binary bytes) {
    return switch (type) {
      case ValueType.TEXT -> 1 + Varint.size(bytes.length()) + bytes.length();
      case ValueType.BOOL -> 2;
      case ValueType.INT -> 1 + Varint.size(number);
      case ValueType.DOUBLE -> 9;
      case ValueType.OTHER -> bytes.length();
      default -> -1;
    };
  }

  static void keyValue(
      ByteWriter out, Binary key, int type, long number, Binary bytes, int valueSize) {
    if (key.length() > 0) {
      bytes(out, 1, key);
    }
    if (valueSize < 0) {
      return;
    }
    tag(out, 2, ProtoCursor.BYTES);
    out.varint(valueSize);
    switch (type) {
      case ValueType.TEXT -> bytes(out, 1, bytes);
      case ValueType.BOOL -> {
        tag(out, 2, ProtoCursor.VARINT);
        out.varint(number);
      }
      case ValueType.INT -> {
        tag(out, 3, ProtoCursor.VARINT);
        out.varint(number);
      }
      case ValueType.DOUBLE -> {
        tag(out, 4, ProtoCursor.FIXED64);
        out.u64(number);
      }
      default -> append(out, bytes);
    }
  }
}
