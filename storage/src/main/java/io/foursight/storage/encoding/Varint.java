package io.foursight.storage.encoding;

/// LEB128: seven bits a byte, low first; and zigzag, which makes small negative numbers small.
/// Stateless.
public final class Varint {
  private Varint() {}

  /// Bytes that [#put] writes; negative numbers take ten.
  public static int size(long value) {
    return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  /// @return the position after the value
  public static int put(byte[] into, int position, long value) {
    int p = position;
    long v = value;
    while ((v & ~0x7fL) != 0) {
      into[p++] = (byte) (v | 0x80);
      v >>>= 7;
    }
    into[p++] = (byte) v;
    return p;
  }

  public static long zigzag(long v) {
    return v << 1 ^ v >> 63;
  }

  public static long unzigzag(long v) {
    return v >>> 1 ^ -(v & 1);
  }
}
