package io.foursight.storage.metrics.prometheus;

import io.foursight.model.FoursightException;

/// Bits, highest first. Reading past the end is `CORRUPT`. Owned by one thread.
final class BitReader {
  private final byte[] bytes;
  private final String place;
  private long position;

  /// @param place for messages: file and offset of the chunk
  BitReader(byte[] bytes, String place) {
    this.bytes = bytes;
    this.place = place;
  }

  FoursightException corrupt(String what) {
    return FoursightException.corrupt(place + ": " + what + " at bit " + position);
  }

  boolean bit() {
    int at = (int) (position >>> 3);
    if (at >= bytes.length) {
      throw corrupt("chunk ends early");
    }
    boolean one = (bytes[at] >>> (7 - (int) (position & 7)) & 1) != 0;
    position++;
    return one;
  }

  long bits(int count) {
    if (position + count > 8L * bytes.length) {
      throw corrupt("chunk ends early");
    }
    long value = 0;
    int left = count;
    while (left > 0) {
      int offset = (int) (position & 7);
      int take = Math.min(left, 8 - offset);
      int part = (bytes[(int) (position >>> 3)] & 0xff) >>> (8 - offset - take) & (1 << take) - 1;
      value = value << take | part;
      position += take;
      left -= take;
    }
    return value;
  }

  long uvarint() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      long b = bits(8);
      value |= (b & 0x7f) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw corrupt("varint too long");
  }

  long varint() {
    long v = uvarint();
    return v >>> 1 ^ -(v & 1);
  }

  private int width() {
    int ones = 0;
    while (ones < VarBits.WIDTHS.length - 1 && bit()) {
      ones++;
    }
    return VarBits.WIDTHS[ones];
  }

  long varbitInt() {
    int width = width();
    return signed(bits(width), width);
  }

  /// Numbers above half the range are negative.
  static long signed(long value, int width) {
    return width > 0 && width < 64 && value > 1L << (width - 1) ? value - (1L << width) : value;
  }

  long varbitUint() {
    return bits(width());
  }
}
