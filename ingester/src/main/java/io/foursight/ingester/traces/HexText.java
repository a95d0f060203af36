package io.foursight.ingester.traces;

import java.util.Arrays;

/// Bytes as lower-case hex digits. Reusable; owned by one thread.
final class HexText {
  private byte[] digits = new byte[32];
  private int length;

  void write(byte[] bytes, int offset, int count) {
    if (digits.length < 2 * count) {
      digits = Arrays.copyOf(digits, 2 * count);
    }
    for (int i = 0; i < count; i++) {
      digits[2 * i] = (byte) Character.forDigit(bytes[offset + i] >> 4 & 15, 16);
      digits[2 * i + 1] = (byte) Character.forDigit(bytes[offset + i] & 15, 16);
    }
    length = 2 * count;
  }

  byte[] array() {
    return digits;
  }

  int length() {
    return length;
  }
}
