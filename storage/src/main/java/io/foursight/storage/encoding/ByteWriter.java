package io.foursight.storage.encoding;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growable byte buffer, little-endian. Owned by one thread, reusable after [#clear].
public final class ByteWriter {
  private byte[] bytes;
  private int size;

  public ByteWriter() {
    this(256);
  }

  public ByteWriter(int capacity) {
    bytes = new byte[capacity];
  }

  public int size() {
    return size;
  }

  /// The backing array; rows past [#size] are garbage, and any write may replace it.
  public byte[] array() {
    return bytes;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  public void clear() {
    size = 0;
  }

  /// Forgets what was written after a size seen earlier.
  public void truncate(int newSize) {
    size = newSize;
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), 2 * bytes.length));
    }
  }

  public void u8(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
  }

  public void u32(int value) {
    reserve(4);
    LittleEndian.putInt(bytes, size, value);
    size += 4;
  }

  public void u64(long value) {
    reserve(8);
    LittleEndian.putLong(bytes, size, value);
    size += 8;
  }

  /// Seven bits a byte, low first; negative numbers take ten bytes.
  public void varint(long value) {
    reserve(10);
    size = Varint.put(bytes, size, value);
  }

  public void zigzag(long value) {
    varint(Varint.zigzag(value));
  }

  public void bytes(byte[] from, int offset, int length) {
    reserve(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  public void bytes(ByteWriter other) {
    bytes(other.bytes, 0, other.size);
  }

  /// Length and UTF-8.
  public void text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    varint(utf8.length);
    bytes(utf8, 0, utf8.length);
  }

  /// Room for `length` bytes that the caller writes into [#array] at the returned place.
  int skip(int length) {
    reserve(length);
    int at = size;
    size += length;
    return at;
  }

  /// Appends the CRC-32C of everything from `start`.
  public void checksum(int start) {
    u32(Crc32c.of(bytes, start, size - start));
  }
}
