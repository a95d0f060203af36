package io.foursight.ingester.metrics;

import io.foursight.storage.encoding.Varint;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Bytes written front to back into an array that grows. An array handed out before it grew keeps
/// what it held. Owned by one thread.
final class ByteBuilder {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes;
  private int size;

  ByteBuilder(int capacity) {
    bytes = new byte[capacity];
  }

  void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
    }
  }

  /// The caller has reserved room for it.
  void u8(int value) {
    bytes[size++] = (byte) value;
  }

  /// As [#u8].
  void uvarint(long value) {
    size = Varint.put(bytes, size, value);
  }

  void zigzag(long value) {
    size = Varint.put(bytes, size, Varint.zigzag(value));
  }

  /// The `n` most significant bytes, big-endian. The caller has reserved room for eight.
  void leading(long value, int n) {
    LONGS.set(bytes, size, value);
    size += n;
  }

  void append(byte[] from, int offset, int length) {
    reserve(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  void sized(byte[] from) {
    reserve(5);
    uvarint(from.length);
    append(from, 0, from.length);
  }

  byte[] array() {
    return bytes;
  }

  int size() {
    return size;
  }

  void size(int newSize) {
    size = newSize;
  }

  byte[] copy() {
    return Arrays.copyOf(bytes, size);
  }
}
