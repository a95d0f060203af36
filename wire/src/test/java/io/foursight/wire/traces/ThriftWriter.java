package io.foursight.wire.traces;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

/// Writes Thrift structs as clients do; begins in the outermost one.
final class ThriftWriter {
  private final boolean compact;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);
  private final ArrayDeque<Integer> outer = new ArrayDeque<>();
  private int last;

  ThriftWriter(boolean compact) {
    this.compact = compact;
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  void begin() {
    outer.push(last);
    last = 0;
  }

  void end() {
    write(() -> out.writeByte(0));
    last = outer.isEmpty() ? 0 : outer.pop();
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void write(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void field(int type, int id) {
    header(compact ? compactType(type) : type, id);
  }

  private void header(int type, int id) {
    write(() -> {
      if (!compact) {
        out.writeByte(type);
        out.writeShort(id);
      } else if (id > last && id - last < 16) {
        out.writeByte(id - last << 4 | type);
      } else {
        out.writeByte(type);
        varint((long) id << 1);
      }
    });
    last = id;
  }

  private static int compactType(int type) {
    return switch (type) {
      case ThriftReader.I32 -> 5;
      case ThriftReader.I64 -> 6;
      case ThriftReader.DOUBLE -> 7;
      case ThriftReader.TEXT -> 8;
      case ThriftReader.LIST -> 9;
      default -> 12;
    };
  }

  private void varint(long value) throws IOException {
    long v = value;
    while ((v & ~0x7fL) != 0) {
      out.writeByte((int) (v & 0x7f | 0x80));
      v >>>= 7;
    }
    out.writeByte((int) v);
  }

  void i64(int id, long value) {
    field(ThriftReader.I64, id);
    write(() -> {
      if (compact) {
        varint(value << 1 ^ value >> 63);
      } else {
        out.writeLong(value);
      }
    });
  }

  void i32(int id, int value) {
    field(ThriftReader.I32, id);
    write(() -> {
      if (compact) {
        varint(value << 1 ^ value >> 31);
      } else {
        out.writeInt(value);
      }
    });
  }

  void decimal(int id, double value) {
    field(ThriftReader.DOUBLE, id);
    long bits = Double.doubleToRawLongBits(value);
    write(() -> out.writeLong(compact ? Long.reverseBytes(bits) : bits));
  }

  void bool(int id, boolean value) {
    if (compact) {
      header(value ? 1 : 2, id);
    } else {
      field(ThriftReader.BOOL, id);
      write(() -> out.writeByte(value ? 1 : 0));
    }
  }

  void text(int id, String value) {
    binary(id, value.getBytes(StandardCharsets.UTF_8));
  }

  void binary(int id, byte[] value) {
    field(ThriftReader.TEXT, id);
    write(() -> {
      if (compact) {
        varint(value.length);
      } else {
        out.writeInt(value.length);
      }
      out.write(value);
    });
  }

  /// A list of structs.
  void list(int id, int size) {
    field(ThriftReader.LIST, id);
    write(() -> {
      if (compact) {
        out.writeByte(size << 4 | 12);
      } else {
        out.writeByte(ThriftReader.STRUCT);
        out.writeInt(size);
      }
    });
  }
}
