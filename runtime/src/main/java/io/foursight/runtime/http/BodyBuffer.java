package io.foursight.runtime.http;

/// Room for decoded request bodies, one after the other: a fresh array for each would be cleared,
/// and cold. Its first [#length()] bytes are the body. Owned by one thread.
public final class BodyBuffer {
  private static final byte[] NOTHING = {};

  private byte[] array = NOTHING;
  private int length;

  public byte[] array() {
    return array;
  }

  public int length() {
    return length;
  }

  /// Makes room for a body of `size` bytes, to be written to [#array()]; what was there is gone.
  public byte[] prepare(int size) {
    if (array.length < size) {
      array = new byte[size + (size >> 3)];
    }
    length = size;
    return array;
  }

  /// Takes a body that has an array of its own.
  public void take(byte[] body) {
    array = body;
    length = body.length;
  }

  /// Lets go of arrays above a size.
  public void trim(int maxKept) {
    length = 0;
    if (array.length > maxKept) {
      array = NOTHING;
    }
  }
}
