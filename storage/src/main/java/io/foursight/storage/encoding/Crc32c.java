package io.foursight.storage.encoding;

import java.util.zip.CRC32C;

/// CRC-32C (Castagnoli) of a byte range.
public final class Crc32c {
  private Crc32c() {}

  public static int of(byte[] bytes, int offset, int length) {
    var crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
