package io.foursight.storage.profiles.block.v1;

import com.github.luben.zstd.Zstd;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;

/// A compressed section: `| raw length varint | zstd | crc u32 |`.
final class Section {
  private static final int MAX_BYTES = 1 << 30;

  private Section() {}

  static ByteWriter pack(ByteWriter raw) {
    byte[] zstd = Zstd.compress(raw.toByteArray(), 3);
    var packed = new ByteWriter(zstd.length + 16);
    packed.varint(raw.size());
    packed.bytes(zstd, 0, zstd.length);
    packed.checksum(0);
    return packed;
  }

  /// @param start and `end` of the section in `bytes`
  /// @param offset of `bytes[start]` in the file
  static ByteReader unpack(byte[] bytes, int start, int end, String file, long offset) {
    var in = ByteReader.checked(bytes, start, end, file, offset);
    int length = in.varint(MAX_BYTES);
    var raw = new byte[length];
    long got = Zstd.decompressByteArray(raw, 0, length, in.array(), in.position(), in.remaining());
    if (got != length) {
      throw in.corrupt("section of " + length + " bytes does not unpack");
    }
    return new ByteReader(raw, 0, length, file, offset);
  }
}
