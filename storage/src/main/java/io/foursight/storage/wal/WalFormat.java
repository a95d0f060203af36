package io.foursight.storage.wal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// Offsets, constants and checksums of the format drawn in the package's page.
final class WalFormat {
  static final int MAGIC = 'F' | 'S' << 8 | 'W' << 16 | 'L' << 24;
  static final int VERSION = 1;

  static final int SEGMENT_HEADER = 32;
  static final int SEGMENT_VERSION_AT = 4;
  static final int SEGMENT_NUMBER_AT = 8;
  static final int SEGMENT_SEED_AT = 16;
  static final int SEGMENT_CRC_AT = 24;

  static final int FRAME_HEADER = 24;
  static final int LENGTH_AT = 4;
  static final int BODY_CRC_AT = 8;
  static final int SYNCED_AT = 12;
  static final int RAW_LENGTH_AT = 16;
  static final int TYPE_AT = 20;
  static final int SIGNAL_AT = 21;
  static final int CODEC_AT = 22;
  static final int TENANT_LENGTH_AT = 23;

  static final int ALIGNMENT = 8;
  static final byte CODEC_NONE = 0;
  static final byte CODEC_LZ4 = 1;
  static final int CODECS = 2;

  static final String SEGMENT_SUFFIX = ".wal";
  static final String SPARE_SUFFIX = ".spare";

  private WalFormat() {}

  /// Bytes that a frame with this body occupies.
  static int frameSize(int bodyLength) {
    return (FRAME_HEADER + bodyLength + ALIGNMENT - 1) & -ALIGNMENT;
  }

  static byte[] segmentHeader(long number, long seed) {
    byte[] bytes = new byte[SEGMENT_HEADER];
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(MAGIC).putShort((short) VERSION).putShort((short) 0).putLong(number);
    header.putLong(seed).putInt(crc(bytes, 0, SEGMENT_CRC_AT));
    return bytes;
  }

  /// Checksum of a frame header that begins at `at` of the array and at `offset` of its segment.
  static int headerCrc(CRC32C crc, long seed, long offset, byte[] bytes, int at) {
    long salt = seed + offset;
    crc.reset();
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      crc.update((int) (salt >>> shift));
    }
    crc.update(bytes, at + LENGTH_AT, FRAME_HEADER - LENGTH_AT);
    return (int) crc.getValue();
  }

  static int crc(byte[] bytes, int offset, int length) {
    var crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  static String segmentName(long number) {
    return String.format("%016d%s", number, SEGMENT_SUFFIX);
  }
}
