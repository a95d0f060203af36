package io.foursight.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bytes of text that grow. Owned by one thread.
public final class LogText {
  private byte[] bytes = new byte[1 << 12];
  private int size;

  public byte[] bytes() {
    return bytes;
  }

  public int size() {
    return size;
  }

  public void clear() {
    size = 0;
  }

  /// Forgets what is behind the first so many bytes.
  void cut(int length) {
    size = length;
  }

  private void room(int length) {
    if (bytes.length - size < length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + length, 2 * bytes.length));
    }
  }

  LogText put(String ascii) {
    int n = ascii.length();
    room(n);
    for (int i = 0; i < n; i++) {
      bytes[size++] = (byte) ascii.charAt(i);
    }
    return this;
  }

  LogText put(byte[] other, int offset, int length) {
    room(length);
    System.arraycopy(other, offset, bytes, size, length);
    size += length;
    return this;
  }

  LogText put(char c) {
    room(1);
    bytes[size++] = (byte) c;
    return this;
  }

  LogText put(long number) {
    return put(Long.toString(number));
  }

  /// With zeros in front.
  LogText padded(long number, int digits) {
    room(digits);
    long left = number;
    for (int i = digits - 1; i >= 0; i--) {
      bytes[size + i] = (byte) ('0' + left % 10);
      left /= 10;
    }
    size += digits;
    return this;
  }

  LogText hex(long number, int digits) {
    room(digits);
    for (int shift = 4 * digits - 4; shift >= 0; shift -= 4) {
      bytes[size++] = (byte) "0123456789abcdef".charAt((int) (number >>> shift) & 15);
    }
    return this;
  }

  /// Hundredths, shortest.
  LogText hundredths(long number) {
    put(number / 100).put('.').put(number / 10 % 10);
    return number % 10 == 0 ? this : put(number % 10);
  }

  /// As the content of a JSON string.
  LogText escaped(byte[] other, int offset, int length) {
    room(2 * length);
    for (int i = offset; i < offset + length; i++) {
      byte b = other[i];
      if (b == '"' || b == '\\') {
        bytes[size++] = '\\';
        bytes[size++] = b;
      } else if (b == '\n' || b == '\t') {
        bytes[size++] = '\\';
        bytes[size++] = (byte) (b == '\n' ? 'n' : 't');
      } else {
        bytes[size++] = b;
      }
    }
    return this;
  }

  LogText varint(long number) {
    room(10);
    long left = number;
    while ((left & ~0x7fL) != 0) {
      bytes[size++] = (byte) (left & 0x7f | 0x80);
      left >>>= 7;
    }
    bytes[size++] = (byte) left;
    return this;
  }

  @Override
  public String toString() {
    return new String(bytes, 0, size, StandardCharsets.UTF_8);
  }
}
