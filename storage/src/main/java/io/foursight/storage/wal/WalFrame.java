package io.foursight.storage.wal;

import io.airlift.compress.v3.lz4.Lz4Compressor;
import io.airlift.compress.v3.lz4.Lz4Decompressor;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// One frame as bytes. The appender's thread fills it but for what depends on its place in the log,
/// which the committer adds with [#seal].
final class WalFrame {
  /// Larger records are refused.
  static final int MAX_BODY = 512 << 20;

  /// Below this compression does not pay.
  private static final int MIN_COMPRESSED = 256;

  private static final Signal[] SIGNALS = Signal.values();

  private WalFrame() {}

  /// @throws FoursightException `TOO_LARGE` past [#MAX_BODY]
  static byte[] encode(
      Signal signal,
      TenantId tenant,
      byte type,
      byte[] payload,
      int offset,
      int length,
      boolean compress) {
    byte[] name = tenant.value().getBytes(StandardCharsets.US_ASCII);
    if (length > MAX_BODY - name.length) {
      throw new FoursightException(
          ErrorKind.TOO_LARGE,
          "a log record has " + length + " bytes, the maximum is " + (MAX_BODY - name.length));
    }
    int start = WalFormat.FRAME_HEADER + name.length;
    byte[] frame;
    int stored = length;
    byte codec = WalFormat.CODEC_NONE;
    if (compress && length >= MIN_COMPRESSED) {
      var lz4 = Lz4Compressor.create();
      byte[] room = new byte[start + lz4.maxCompressedLength(length) + WalFormat.ALIGNMENT];
      int packed = lz4.compress(payload, offset, length, room, start, room.length - start);
      if (packed < length - length / 8) {
        stored = packed;
        codec = WalFormat.CODEC_LZ4;
        int size = WalFormat.frameSize(name.length + stored);
        Arrays.fill(room, start + stored, size, (byte) 0);
        frame = Arrays.copyOf(room, size);
      } else {
        frame = copy(name.length, start, payload, offset, length);
      }
    } else {
      frame = copy(name.length, start, payload, offset, length);
    }
    System.arraycopy(name, 0, frame, WalFormat.FRAME_HEADER, name.length);
    int body = name.length + stored;
    ByteBuffer header = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(WalFormat.LENGTH_AT, body);
    header.putInt(WalFormat.BODY_CRC_AT, WalFormat.crc(frame, WalFormat.FRAME_HEADER, body));
    header.putInt(WalFormat.RAW_LENGTH_AT, length);
    frame[WalFormat.TYPE_AT] = type;
    frame[WalFormat.SIGNAL_AT] = (byte) (signal.ordinal() + 1);
    frame[WalFormat.CODEC_AT] = codec;
    frame[WalFormat.TENANT_LENGTH_AT] = (byte) name.length;
    return frame;
  }

  private static byte[] copy(int nameLength, int start, byte[] payload, int offset, int length) {
    byte[] frame = new byte[WalFormat.frameSize(nameLength + length)];
    System.arraycopy(payload, offset, frame, start, length);
    return frame;
  }

  /// The frame that closes a segment.
  static byte[] end() {
    return new byte[WalFormat.FRAME_HEADER];
  }

  /// Completes the header for a frame that will stand at `offset`.
  static void seal(byte[] frame, CRC32C crc, long seed, long offset, long synced) {
    ByteBuffer header = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(WalFormat.SYNCED_AT, (int) synced);
    header.putInt(0, WalFormat.headerCrc(crc, seed, offset, frame, 0));
  }

  /// Whether a header with a right checksum also makes sense. A checksum can be right by chance.
  static boolean plausible(ByteBuffer header, int at) {
    int length = header.getInt(at + WalFormat.LENGTH_AT);
    int signal = header.get(at + WalFormat.SIGNAL_AT);
    int tenant = Byte.toUnsignedInt(header.get(at + WalFormat.TENANT_LENGTH_AT));
    if (signal == 0) {
      return length == 0 && tenant == 0;
    }
    return signal > 0
        && signal <= SIGNALS.length
        && length >= tenant
        && length <= MAX_BODY
        && tenant > 0
        && header.get(at + WalFormat.CODEC_AT) >= 0
        && header.get(at + WalFormat.CODEC_AT) < WalFormat.CODECS
        && header.getInt(at + WalFormat.RAW_LENGTH_AT) >= 0;
  }

  /// The record of a verified frame.
  ///
  /// @throws RuntimeException when the payload does not decompress
  static Wal.Record decode(ByteBuffer header, byte[] body, Wal.Position position) {
    int nameLength = Byte.toUnsignedInt(header.get(WalFormat.TENANT_LENGTH_AT));
    var tenant = new TenantId(new String(body, 0, nameLength, StandardCharsets.US_ASCII));
    Signal signal = SIGNALS[header.get(WalFormat.SIGNAL_AT) - 1];
    byte type = header.get(WalFormat.TYPE_AT);
    int stored = body.length - nameLength;
    if (header.get(WalFormat.CODEC_AT) == WalFormat.CODEC_NONE) {
      return new Wal.Record(position, signal, tenant, type, body, nameLength, stored);
    }
    byte[] raw = new byte[header.getInt(WalFormat.RAW_LENGTH_AT)];
    int got = Lz4Decompressor.create().decompress(body, nameLength, stored, raw, 0, raw.length);
    if (got != raw.length) {
      throw new IllegalStateException("payload has " + got + " bytes instead of " + raw.length);
    }
    return new Wal.Record(position, signal, tenant, type, raw, 0, got);
  }
}
