package io.foursight.wire.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Grows the label bytes ([io.foursight.model.metrics.LabelBytes]) of a request, label after label.
/// Short names and values are copied eight bytes at a time, a little past their end: the array
/// keeps slack for that. Reused; owned by one thread.
public final class LabelBuffer {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int SLACK = 8;

  private byte[] bytes = new byte[4096];
  private int size;

  public void clear() {
    size = 0;
  }

  public int size() {
    return size;
  }

  /// Forgets everything from `newSize` on.
  public void truncate(int newSize) {
    size = newSize;
  }

  /// The array behind it; another one after it grew.
  public byte[] array() {
    return bytes;
  }

  /// Appends one label out of two ranges.
  public void label(
      byte[] names,
      int nameOffset,
      int nameLength,
      byte[] values,
      int valueOffset,
      int valueLength) {
    int inner = 2 + sizeOf(nameLength) + nameLength + sizeOf(valueLength) + valueLength;
    reserve(inner + 6);
    byte[] b = bytes;
    int p = size;
    b[p++] = 0x0a;
    p = uvarint(b, p, inner);
    b[p++] = 0x0a;
    p = uvarint(b, p, nameLength);
    copy(names, nameOffset, b, p, nameLength);
    p += nameLength;
    b[p++] = 0x12;
    p = uvarint(b, p, valueLength);
    copy(values, valueOffset, b, p, valueLength);
    size = p + valueLength;
  }

  /// Appends bytes that are label bytes already.
  public void encoded(byte[] from, int offset, int length) {
    reserve(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  private void reserve(int n) {
    if (bytes.length - size < n + SLACK) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + n + SLACK));
    }
  }

  private static void copy(byte[] from, int offset, byte[] to, int at, int length) {
    if (length > 32 || offset + length + SLACK > from.length) {
      System.arraycopy(from, offset, to, at, length);
      return;
    }
    for (int i = 0; i < length; i += 8) {
      LONGS.set(to, at + i, (long) LONGS.get(from, offset + i));
    }
  }

  private static int sizeOf(int value) {
    return value < 0x80
        ? 1
        : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5;
  }

  private static int uvarint(byte[] b, int at, int value) {
    int p = at;
    int v = value;
    while (v > 0x7f) {
      b[p++] = (byte) (v & 0x7f | 0x80);
      v >>>= 7;
    }
    b[p++] = (byte) v;
    return p;
  }
}
