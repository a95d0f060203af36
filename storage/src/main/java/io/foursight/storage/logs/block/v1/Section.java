package io.foursight.storage.logs.block.v1;

import com.github.luben.zstd.Zstd;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;

/// A compressed section of the index: `| raw length varint | zstd | crc u32 |`.
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

  /// @param start and `end` of the section in `index`, whose first byte lies at `offset`
  static ByteReader unpack(byte[] index, int start, int end, long offset) {
    var in = ByteReader.checked(index, start, end, LogsBlockFormat.INDEX, offset + start);
    int length = in.varint(MAX_BYTES);
    var raw = new byte[length];
    long got = Zstd.decompressByteArray(raw, 0, length, in.array(), in.position(), in.remaining());
    if (got != length) {
      throw in.corrupt("section of " + length + " bytes does not unpack");
    }
    return new ByteReader(raw, 0, length, LogsBlockFormat.INDEX, 0);
  }
}
