package io.foursight.storage.traces.block.v1;

import io.foursight.model.FoursightException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Walks the fields of one protobuf message without objects. After [#next], `field` and `type` tell
/// what was found: `number` has a varint, fixed64 or fixed32, `start` and `length` tell where bytes
/// lie. Groups and whatever does not fit are `BAD_DATA`. Owned by one thread. [Protocol buffers
/// encoding](https://protobuf.dev/programming-guides/encoding/)
final class ProtoCursor {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int FIXED32 = 5;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  byte[] bytes = {};
  private int position;
  private int end;
  int field;
  int type;
  long number;
  int start;
  int length;

  ProtoCursor over(byte[] message, int offset, int size) {
    bytes = message;
    position = offset;
    end = offset + size;
    return this;
  }

  /// The message in the field that another cursor stands at.
  ProtoCursor inside(ProtoCursor outer) {
    return over(outer.bytes, outer.start, outer.length);
  }

  boolean next() {
    if (position >= end) {
      return false;
    }
    long tag = varint();
    field = (int) (tag >>> 3);
    type = (int) tag & 7;
    if (field <= 0 || tag >>> 32 != 0) {
      throw broken("field tag " + tag);
    }
    switch (type) {
      case VARINT -> number = varint();
      case FIXED64 -> {
        need(8);
        number = (long) LONGS.get(bytes, position);
        position += 8;
      }
      case FIXED32 -> {
        need(4);
        number = (int) INTS.get(bytes, position) & 0xffffffffL;
        position += 4;
      }
      case BYTES -> {
        long size = varint();
        if (size < 0 || size > end - position) {
          throw broken("length " + size);
        }
        start = position;
        length = (int) size;
        position += length;
      }
      default -> throw broken("wire type " + type);
    }
    return true;
  }

  boolean is(int wanted, int wantedType) {
    return field == wanted && type == wantedType;
  }

  private void need(int count) {
    if (end - position < count) {
      throw broken("truncated number");
    }
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (position >= end) {
        throw broken("truncated varint");
      }
      int b = bytes[position++];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw broken("varint of more than ten bytes");
  }

  private FoursightException broken(String what) {
    return FoursightException.badData(
        "OTLP message: " + what + " at byte " + position + ", which should end at " + end);
  }
}
