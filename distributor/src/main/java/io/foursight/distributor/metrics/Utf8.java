package io.foursight.distributor.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Tests and cuts of UTF-8 bytes without decoding them.
final class Utf8 {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long HIGH_BITS = 0x8080808080808080L;

  private Utf8() {}

  /// Whether the range is well-formed UTF-8 (no overlong forms, no surrogates, at most U+10FFFF).
  static boolean isValid(byte[] b, int offset, int length) {
    int i = offset;
    int end = offset + length;
    while (i + 8 <= end && ((long) LONGS.get(b, i) & HIGH_BITS) == 0) {
      i += 8;
    }
    while (i < end) {
      int first = b[i];
      if (first >= 0) {
        i++;
        continue;
      }
      int n = size(first & 0xff);
      if (n == 0 || i + n > end) {
        return false;
      }
      int second = b[i + 1] & 0xff;
      int low = first == (byte) 0xe0 ? 0xa0 : first == (byte) 0xf0 ? 0x90 : 0x80;
      int high = first == (byte) 0xed ? 0x9f : first == (byte) 0xf4 ? 0x8f : 0xbf;
      if (second < low || second > high) {
        return false;
      }
      for (int k = 2; k < n; k++) {
        if ((b[i + k] & 0xc0) != 0x80) {
          return false;
        }
      }
      i += n;
    }
    return true;
  }

  private static int size(int first) {
    if (first < 0xc2) {
      return 0;
    }
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  }

  /// The longest prefix of at most `max` bytes that does not split a character of valid UTF-8.
  static int prefix(byte[] b, int offset, int length, int max) {
    if (length <= max) {
      return length;
    }
    int n = max;
    while (n > 0 && (b[offset + n] & 0xc0) == 0x80) {
      n--;
    }
    return n;
  }
}
