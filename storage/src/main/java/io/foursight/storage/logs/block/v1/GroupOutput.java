package io.foursight.storage.logs.block.v1;

import com.github.luben.zstd.ZstdCompressCtx;
import io.foursight.storage.encoding.ByteWriter;
import io.foursight.storage.encoding.Crc32c;

/// What a row group becomes: its directory entry and its part of `rows`. A part can be tried
/// elsewhere and appended when it is the better one. Owned by one thread.
final class GroupOutput {
  private static final int INLINE_BYTES = 48;
  private static final int LEVEL = 3;

  /// The compressor and where it writes to.
  private static final class Packer {
    private final ZstdCompressCtx zstd;
    private byte[] packed = new byte[1 << 16];

    Packer(ZstdCompressCtx zstd) {
      this.zstd = zstd.setLevel(LEVEL);
    }

    /// Compresses to `packed`.
    int pack(byte[] bytes, int offset, int length) {
      int bound = length + (length >>> 7) + 512;
      if (packed.length < bound) {
        packed = new byte[bound + (bound >>> 2)];
      }
      return zstd.compressByteArray(packed, 0, packed.length, bytes, offset, length);
    }
  }

  final ByteWriter directory = new ByteWriter(64);
  final ByteWriter data = new ByteWriter(64);
  private final Packer packer;

  GroupOutput(ZstdCompressCtx zstd) {
    this(new Packer(zstd));
  }

  private GroupOutput(Packer packer) {
    this.packer = packer;
  }

  /// An empty one that shares the compressor.
  GroupOutput fresh() {
    return new GroupOutput(packer);
  }

  void clear() {
    directory.clear();
    data.clear();
  }

  long size() {
    return (long) directory.size() + data.size();
  }

  void append(GroupOutput other) {
    directory.bytes(other.directory);
    data.bytes(other.data);
  }

  void chunk(ByteWriter bytes) {
    chunk(bytes.array(), 0, bytes.size(), true);
  }

  /// Puts the bytes into the directory.
  void inline(ByteWriter bytes) {
    directory.varint((long) bytes.size() << 2 | Chunk.INLINE);
    directory.bytes(bytes);
  }

  /// @param compressible whether zstd is worth a try
  void chunk(byte[] bytes, int offset, int length, boolean compressible) {
    if (length <= INLINE_BYTES) {
      directory.varint((long) length << 2 | Chunk.INLINE);
      directory.bytes(bytes, offset, length);
      return;
    }
    if (compressible) {
      int packed = packer.pack(bytes, offset, length);
      if (packed + 8 < length) {
        directory.varint((long) length << 2 | Chunk.ZSTD);
        directory.varint(packed);
        put(packer.packed, 0, packed);
        return;
      }
    }
    directory.varint((long) length << 2 | Chunk.STORED);
    put(bytes, offset, length);
  }

  private void put(byte[] bytes, int offset, int length) {
    data.bytes(bytes, offset, length);
    data.u32(Crc32c.of(bytes, offset, length));
  }

  /// Bytes that these would take.
  int packedSize(byte[] bytes, int offset, int length) {
    return packer.pack(bytes, offset, length);
  }
}
