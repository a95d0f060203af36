package io.foursight.storage.logs.block.v1;

import io.foursight.storage.encoding.ByteReader;

/// A piece of column data: told in the directory, kept in the file `rows` or, when tiny, in the
/// directory itself.
///
/// ```
/// | raw length << 2 + codec varint | [stored length varint] | [bytes] |
/// codec: 0 in the directory, 1 stored, 2 zstd (only then with a stored length)
/// ```
///
/// In `rows`, chunks follow each other in the order in which the directory tells them, each with
/// its CRC-32C behind it.
///
/// @param offset in the row group's part of `rows`
/// @param inline the bytes of codec 0, else empty
record Chunk(long offset, int storedLength, int rawLength, int codec, byte[] inline) {
  static final int INLINE = 0;
  static final int STORED = 1;
  static final int ZSTD = 2;
  static final int CHECKSUM_BYTES = 4;

  private static final byte[] NONE = {};

  boolean isInline() {
    return codec == INLINE;
  }

  /// Reads the directory's entries one after the other and finds the chunks' places.
  static final class Places {
    private final ByteReader in;
    private final long end;
    private long next;

    /// @param length of the row group's part of `rows`
    Places(ByteReader in, long length) {
      this.in = in;
      this.end = length;
    }

    Chunk read() {
      long head = in.varint();
      int codec = (int) (head & 3);
      long raw = head >>> 2;
      if (codec > ZSTD || raw > Integer.MAX_VALUE - 16) {
        throw in.corrupt("chunk of " + raw + " bytes with codec " + codec);
      }
      int length = (int) raw;
      if (codec == INLINE) {
        return new Chunk(0, length, length, codec, in.bytes(length));
      }
      int stored = codec == STORED ? length : in.varint(Integer.MAX_VALUE - 16);
      var chunk = new Chunk(next, stored, length, codec, NONE);
      next += stored + CHECKSUM_BYTES;
      if (next > end) {
        throw in.corrupt("chunks of " + next + " bytes in a row group of " + end);
      }
      return chunk;
    }

    ByteReader in() {
      return in;
    }
  }
}
