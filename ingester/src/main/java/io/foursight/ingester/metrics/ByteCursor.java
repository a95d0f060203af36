package io.foursight.ingester.metrics;

import io.foursight.storage.encoding.Varint;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Reads numbers one after the other from bytes of our own memory or log, unchecked. Owned by one
/// thread.
final class ByteCursor {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  byte[] bytes = {};
  int position;
  int end;

  ByteCursor at(byte[] from, int offset, int limit) {
    bytes = from;
    position = offset;
    end = limit;
    return this;
  }

  boolean hasMore() {
    return position < end;
  }

  long uvarint() {
    byte b = bytes[position++];
    if (b >= 0) {
      return b;
    }
    long result = b & 0x7f;
    for (int shift = 7; ; shift += 7) {
      b = bytes[position++];
      result |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return result;
      }
    }
  }

  int uint() {
    return (int) uvarint();
  }

  long zigzag() {
    return Varint.unzigzag(uvarint());
  }

  int u8() {
    return bytes[position++] & 0xff;
  }

  /// A big-endian number of `n` bytes.
  long bits(int n) {
    if (n > 0 && position + 8 <= bytes.length) {
      long whole = (long) LONGS.get(bytes, position);
      position += n;
      return whole >>> (64 - 8 * n);
    }
    long v = 0;
    for (int i = 0; i < n; i++) {
      v = v << 8 | (bytes[position++] & 0xff);
    }
    return v;
  }
}
