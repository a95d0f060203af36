package io.foursight.storage.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class WalFormatTest {
  private static final long SEED = 0x0102030405060708L;
  private static final byte[] PAYLOAD = {(byte) 0xde, (byte) 0xad, (byte) 0xbe, (byte) 0xef};

  /// The bytes drawn in `package-info`: a change here breaks logs on disk.
  @Test
  void workedExample_hasItsBytes() {
    byte[] header = WalFormat.segmentHeader(7, SEED);
    byte[] frame =
        WalFrame.encode(Signal.METRICS, new TenantId("acme"), (byte) 9, PAYLOAD, 0, 4, false);
    WalFrame.seal(frame, new CRC32C(), SEED, WalFormat.SEGMENT_HEADER, WalFormat.SEGMENT_HEADER);

    assertThat(hex(header))
        .isEqualTo(
            "4653574c010000000700000000000000080706050403020120HEAD00000000"
                .replace("20HEAD", hexCrc(header, 24)));
    assertThat(hex(frame))
        .isEqualTo(
            "FRAM08000000BODY200000000400000009010004"
                    .replace("FRAM", hexCrc(frame, 0))
                    .replace("BODY", hexCrc(frame, 8))
                + "61636d65deadbeef");
  }

  private static String hexCrc(byte[] bytes, int at) {
    return HexFormat.of().formatHex(bytes, at, at + 4);
  }

  /// The checksum covers the place: the same frame elsewhere is another one.
  @Test
  void frameMovedToAnotherOffset_failsItsHeaderChecksum() {
    byte[] frame = WalFrame.encode(Signal.LOGS, TenantId.ANONYMOUS, (byte) 1, PAYLOAD, 0, 4, false);
    WalFrame.seal(frame, new CRC32C(), SEED, 32, 32);
    int stored = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).getInt(0);

    assertThat(WalFormat.headerCrc(new CRC32C(), SEED, 32, frame, 0)).isEqualTo(stored);
    assertThat(WalFormat.headerCrc(new CRC32C(), SEED, 80, frame, 0)).isNotEqualTo(stored);
    assertThat(WalFormat.headerCrc(new CRC32C(), SEED + 1, 32, frame, 0)).isNotEqualTo(stored);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
