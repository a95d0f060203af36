package io.foursight.wire.protobuf;

import io.foursight.model.FoursightException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// A cursor over the protobuf fields of a byte array. A nested message is read in place: remember
/// [#limit()], narrow it with [#enter()], read to the end, restore it with [#leave(int)].
///
/// ```
/// for (int tag = in.tag(); tag != 0; tag = in.tag()) {
///   switch (tag) {
///     case FIELD_1_BYTES -> { int outer = in.enter(); ...; in.leave(outer); }
///     default -> in.skip(tag);
///   }
/// }
/// ```
///
/// Every error is `BAD_DATA` with the offset in the array. Allocates only Strings and copies that
/// are asked for. Reusable; owned by one thread.
public final class ProtoReader {
  /// Wire types, the low three bits of a tag.
  public static final int VARINT = 0;

  public static final int FIXED64 = 1;
  public static final int BYTES = 2;
  public static final int FIXED32 = 5;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final byte[] NOTHING = {};

  private byte[] bytes = NOTHING;
  private int position;
  private int limit;

  public ProtoReader() {}

  public ProtoReader(byte[] bytes) {
    reset(bytes, 0, bytes.length);
  }

  public void reset(byte[] newBytes, int offset, int length) {
    bytes = newBytes;
    position = offset;
    limit = offset + length;
  }

  /// The tag value of a field: its number and wire type.
  public static int tagOf(int field, int wireType) {
    return field << 3 | wireType;
  }

  public byte[] array() {
    return bytes;
  }

  public int position() {
    return position;
  }

  /// Moves to an offset between the start and the limit; for callers with a fast path of their own.
  public void position(int newPosition) {
    position = newPosition;
  }

  public int limit() {
    return limit;
  }

  public boolean atEnd() {
    return position >= limit;
  }

  /// The next tag, or 0 at the end of the message.
  public int tag() {
    if (position >= limit) {
      return 0;
    }
    byte first = bytes[position];
    if (first > 7) {
      position++;
      return first;
    }
    int at = position;
    long tag = varint();
    if (tag <= 7 || tag > 0xffffffffL) {
      throw error("field tag " + Long.toUnsignedString(tag) + " is not valid", at);
    }
    return (int) tag;
  }

  public long varint() {
    int p = position;
    int end = limit;
    if (p < end) {
      byte b = bytes[p];
      if (b >= 0) {
        position = p + 1;
        return b;
      }
    }
    long result = 0;
    for (int shift = 0; shift < 64 && p < end; shift += 7) {
      byte b = bytes[p++];
      result |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        if (shift == 63 && b > 1) {
          break;
        }
        position = p;
        return result;
      }
    }
    throw p >= end
        ? error("message ends inside a varint", position)
        : error("varint is longer than 64 bits", position);
  }

  public int varint32() {
    return (int) varint();
  }

  public long zigzag64() {
    long v = varint();
    return v >>> 1 ^ -(v & 1);
  }

  public int zigzag32() {
    return (int) zigzag64();
  }

  public long fixed64() {
    int p = position;
    if (limit - p < 8) {
      throw error("message ends inside a 64-bit value", p);
    }
    position = p + 8;
    return (long) LONGS.get(bytes, p);
  }

  public int fixed32() {
    int p = position;
    if (limit - p < 4) {
      throw error("message ends inside a 32-bit value", p);
    }
    position = p + 4;
    return (int) INTS.get(bytes, p);
  }

  public double float64() {
    return Double.longBitsToDouble(fixed64());
  }

  /// Reads a length and checks that so many bytes follow inside the limit.
  public int length() {
    int at = position;
    long n = varint();
    if (n < 0 || n > limit - position) {
      throw error(
          "length "
              + Long.toUnsignedString(n)
              + " goes past the "
              + (limit - position)
              + " bytes that are left",
          at);
    }
    return (int) n;
  }

  /// Narrows the limit to the length-delimited value that follows.
  ///
  /// @return the outer limit, for [#leave(int)]
  public int enter() {
    int n = length();
    int outer = limit;
    limit = position + n;
    return outer;
  }

  /// Goes to the end of the value entered last and restores the outer limit.
  public void leave(int outer) {
    position = limit;
    limit = outer;
  }

  /// A string field; bytes that are not UTF-8 become U+FFFD.
  public String string() {
    int n = length();
    String text = new String(bytes, position, n, StandardCharsets.UTF_8);
    position += n;
    return text;
  }

  public byte[] bytes() {
    int n = length();
    byte[] copy = new byte[n];
    System.arraycopy(bytes, position, copy, 0, n);
    position += n;
    return copy;
  }

  /// Skips the value of a field whose tag was just read. Groups are not proto3 and are refused.
  public void skip(int tag) {
    switch (tag & 7) {
      case VARINT -> varint();
      case FIXED64 -> fixed64();
      case BYTES -> {
        int n = length();
        position += n;
      }
      case FIXED32 -> fixed32();
      default ->
          throw error(
              "field " + (tag >>> 3) + " has wire type " + (tag & 7) + " that is not supported",
              position);
    }
  }

  public FoursightException error(String what, int at) {
    return FoursightException.badData("malformed protobuf at byte " + at + ": " + what);
  }
}
