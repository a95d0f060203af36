package io.foursight.wire.protobuf;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes protobuf fields into a growing byte array. A nested message is written between
/// [#begin(int)] and [#end(int)]; its length is put in afterwards. Reusable; owned by one thread.
public final class ProtoWriter {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes;
  private int size;

  public ProtoWriter() {
    this(256);
  }

  public ProtoWriter(int capacity) {
    bytes = new byte[Math.max(16, capacity)];
  }

  public void clear() {
    size = 0;
  }

  public int size() {
    return size;
  }

  /// The array behind it; valid up to [#size()] and until the next write.
  public byte[] array() {
    return bytes;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  public void writeTo(OutputStream out) throws IOException {
    out.write(bytes, 0, size);
  }

  /// Starts a length-delimited field.
  ///
  /// @return the mark for [#end(int)]
  public int begin(int field) {
    rawVarint((long) field << 3 | ProtoReader.BYTES);
    reserve(1);
    return ++size;
  }

  /// Closes the field begun at `mark`.
  public void end(int mark) {
    int length = size - mark;
    int extra = uvarintSize(length) - 1;
    if (extra > 0) {
      reserve(extra);
      System.arraycopy(bytes, mark, bytes, mark + extra, length);
    }
    int total = size + extra;
    size = mark - 1;
    rawVarint(length);
    size = total;
  }

  /// A varint field; zero is left out, as proto3 does.
  public void varint(int field, long value) {
    if (value != 0) {
      rawVarint((long) field << 3 | ProtoReader.VARINT);
      rawVarint(value);
    }
  }

  public void sint(int field, long value) {
    varint(field, value << 1 ^ value >> 63);
  }

  /// A double field; positive zero is left out.
  public void float64(int field, double value) {
    long bits = Double.doubleToRawLongBits(value);
    if (bits != 0) {
      rawVarint((long) field << 3 | ProtoReader.FIXED64);
      fixed64(bits);
    }
  }

  /// A string field; empty is left out.
  public void string(int field, String value) {
    if (!value.isEmpty()) {
      byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
      bytes(field, utf8, 0, utf8.length);
    }
  }

  public void bytes(int field, byte[] value) {
    bytes(field, value, 0, value.length);
  }

  public void bytes(int field, byte[] value, int offset, int length) {
    rawVarint((long) field << 3 | ProtoReader.BYTES);
    rawVarint(length);
    raw(value, offset, length);
  }

  public void raw(byte[] value, int offset, int length) {
    reserve(length);
    System.arraycopy(value, offset, bytes, size, length);
    size += length;
  }

  public void rawByte(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
  }

  public void rawVarint(long value) {
    reserve(10);
    long v = value;
    while ((v & ~0x7fL) != 0) {
      bytes[size++] = (byte) (v & 0x7f | 0x80);
      v >>>= 7;
    }
    bytes[size++] = (byte) v;
  }

  /// Eight bytes, little-endian, without a tag.
  public void fixed64(long value) {
    reserve(8);
    LONGS.set(bytes, size, value);
    size += 8;
  }

  public static int uvarintSize(int value) {
    return Math.max(1, (38 - Integer.numberOfLeadingZeros(value)) / 7);
  }

  private void reserve(int n) {
    if (bytes.length - size < n) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + n));
    }
  }
}
