package io.foursight.wire.traces;

import io.foursight.model.FoursightException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A cursor over a Thrift struct in the binary or the compact protocol. Types are named as the
/// binary protocol numbers them.
///
/// ```
/// while (in.nextField()) {
///   switch (in.field(I64, 3)) ...
/// ```
///
/// Errors are `BAD_DATA` with the offset. Owned by one thread. [Thrift
/// protocols](https://github.com/apache/thrift/tree/master/doc/specs)
final class ThriftReader {
  static final int BOOL = 2;
  static final int BYTE = 3;
  static final int DOUBLE = 4;
  static final int I16 = 6;
  static final int I32 = 8;
  static final int I64 = 10;
  static final int TEXT = 11;
  static final int STRUCT = 12;
  static final int MAP = 13;
  static final int SET = 14;
  static final int LIST = 15;

  /// Compact types by number, as binary ones.
  private static final int[] OF_COMPACT = {
    0, BOOL, BOOL, BYTE, I16, I32, I64, DOUBLE, TEXT, LIST, SET, MAP, STRUCT
  };

  private static final int MAX_DEPTH = 32;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes;
  private final int limit;
  private final boolean compact;
  private int position;
  private int type;
  private int id;
  private boolean inlineBool;
  private boolean boolIsInline;
  private int depth;
  private int[] outerIds = new int[MAX_DEPTH];

  ThriftReader(byte[] bytes, int length, boolean compact) {
    this.bytes = bytes;
    this.limit = length;
    this.compact = compact;
  }

  /// The field that [#nextField] came to, for a `switch`: [#field] of its type and id.
  int field() {
    return field(type, id);
  }

  static int field(int type, int id) {
    return type << 16 | id & 0xffff;
  }

  void beginStruct() {
    if (depth == MAX_DEPTH) {
      throw error("structs nest deeper than " + MAX_DEPTH);
    }
    outerIds[depth++] = id;
    id = 0;
  }

  /// Moves to the next field of the struct begun last; at its end that struct is left.
  boolean nextField() {
    int header = octet();
    if (compact) {
      type = header & 15;
      if (type >= OF_COMPACT.length) {
        throw error("unknown type " + type);
      }
      boolIsInline = type == 1 || type == 2;
      inlineBool = type == 1;
      type = OF_COMPACT[type];
      if (type != 0) {
        int delta = header >> 4 & 15;
        id = delta == 0 ? (int) zigzag() : id + delta;
      }
    } else {
      type = header;
      if (type != 0) {
        id = (short) (octet() << 8 | octet());
      }
    }
    if (type == 0) {
      id = outerIds[--depth];
      return false;
    }
    return true;
  }

  /// Begins a list; its elements follow.
  ///
  /// @return how many there are
  int list(int elementType) {
    int header = octet();
    int found;
    long size;
    if (compact) {
      found = header & 15;
      found = found < OF_COMPACT.length ? OF_COMPACT[found] : -1;
      size = header >> 4 & 15;
      if (size == 15) {
        size = varint();
      }
    } else {
      found = header;
      size = int32();
    }
    if (size < 0 || size > limit - position) {
      throw error("a list of " + size + " elements goes past the end");
    }
    if (size > 0 && found != elementType) {
      throw error("a list has elements of type " + found + " instead of " + elementType);
    }
    return (int) size;
  }

  boolean bool() {
    if (compact && boolIsInline) {
      boolIsInline = false;
      return inlineBool;
    }
    return octet() == 1;
  }

  int i32() {
    return compact ? (int) zigzag() : int32();
  }

  long i64() {
    if (compact) {
      return zigzag();
    }
    need(8);
    long value = (long) LONGS.get(bytes, position);
    position += 8;
    return value;
  }

  double decimal() {
    need(8);
    long bits = (long) LONGS.get(bytes, position);
    position += 8;
    return Double.longBitsToDouble(compact ? Long.reverseBytes(bits) : bits);
  }

  String text() {
    int n = length();
    String text = new String(bytes, position, n, StandardCharsets.UTF_8);
    position += n;
    return text;
  }

  byte[] binary() {
    int n = length();
    byte[] copy = Arrays.copyOfRange(bytes, position, position + n);
    position += n;
    return copy;
  }

  private int length() {
    long n = compact ? varint() : int32();
    if (n < 0 || n > limit - position) {
      throw error("a text of " + n + " bytes goes past the end");
    }
    return (int) n;
  }

  /// Skips the value of the field that [#nextField] came to.
  void skip() {
    skip(type, true);
  }

  private void skip(int valueType, boolean field) {
    switch (valueType) {
      case BOOL -> {
        if (field) {
          bool();
        } else {
          octet();
        }
      }
      case BYTE -> octet();
      case DOUBLE -> decimal();
      case I16 -> {
        if (compact) {
          zigzag();
        } else {
          octet();
          octet();
        }
      }
      case I32 -> i32();
      case I64 -> i64();
      case TEXT -> {
        int n = length();
        position += n;
      }
      case STRUCT -> {
        beginStruct();
        while (nextField()) {
          skip();
        }
      }
      case MAP -> skipMap();
      case LIST, SET -> skipList();
      default -> throw error("unknown type " + valueType);
    }
  }

  private void skipList() {
    int header = octet();
    int element = compact ? header & 15 : header;
    long size;
    if (compact) {
      size = header >> 4 & 15;
      size = size == 15 ? varint() : size;
      element = compactType(element);
    } else {
      size = int32();
    }
    skipAll(size, element);
  }

  private void skipMap() {
    long size = compact ? varint() : 0;
    if (compact && size == 0) {
      return;
    }
    int types = octet();
    int key = compact ? compactType(types >> 4 & 15) : types;
    int value = compact ? compactType(types & 15) : octet();
    size = compact ? size : int32();
    if (size < 0 || size > limit - position) {
      throw error("a map of " + size + " entries goes past the end");
    }
    nest();
    for (long i = 0; i < size; i++) {
      skip(key, false);
      skip(value, false);
    }
    depth--;
  }

  private void skipAll(long size, int element) {
    if (size < 0 || size > limit - position) {
      throw error("a list of " + size + " elements goes past the end");
    }
    nest();
    for (long i = 0; i < size; i++) {
      skip(element, false);
    }
    depth--;
  }

  private void nest() {
    if (depth == MAX_DEPTH) {
      throw error("values nest deeper than " + MAX_DEPTH);
    }
    outerIds[depth++] = id;
  }

  private int compactType(int number) {
    if (number == 0 || number >= OF_COMPACT.length) {
      throw error("unknown type " + number);
    }
    return OF_COMPACT[number];
  }

  private int octet() {
    need(1);
    return bytes[position++] & 0xff;
  }

  private int int32() {
    need(4);
    int value = (int) INTS.get(bytes, position);
    position += 4;
    return value;
  }

  private long varint() {
    long result = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = octet();
      result |= (long) (b & 0x7f) << shift;
      if (b < 0x80) {
        return result;
      }
    }
    throw error("a varint is longer than 64 bits");
  }

  private long zigzag() {
    long v = varint();
    return v >>> 1 ^ -(v & 1);
  }

  private void need(int n) {
    if (limit - position < n) {
      throw error("the message ends inside a value");
    }
  }

  FoursightException error(String what) {
    return FoursightException.badData("malformed Thrift at byte " + position + ": " + what);
  }
}
