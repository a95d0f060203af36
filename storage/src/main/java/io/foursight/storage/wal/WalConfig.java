package io.foursight.storage.wal;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;
import io.foursight.model.FoursightException;
import java.time.Duration;

/// Settings of a [FileWal], section `ingester.wal`.
public record WalConfig(
    @Setting(
            "Longest time between the acknowledgement of a write and its fsync; 0 syncs before"
                + " every acknowledgement.")
        Duration syncInterval,
    @Setting("Size at which a segment file is finished and the next begun.") ByteSize segmentSize,
    @Setting("Bytes of writes that may wait for the disk before writers are held back.")
        ByteSize maxQueuedBytes,
    @Setting("How long a writer is held back before its write is refused.") Duration queueTimeout,
    @Setting("Compress record payloads with LZ4: smaller files for more CPU.") boolean compression,
    @Setting(
            "Cut damaged segments at the damaged record instead of refusing to start; what follows"
                + " it in that segment is lost.")
        boolean repair) {
  public static WalConfig defaults() {
    return new WalConfig(
        Duration.ofMillis(100),
        ByteSize.ofMebibytes(64),
        ByteSize.ofMebibytes(64),
        Duration.ofSeconds(5),
        false,
        false);
  }

  /// The largest segment, so that offsets fit `synced`.
  private static final long MAX_SEGMENT = 1L << 30;

  public WalConfig {
    if (segmentSize.bytes() < 4096 || segmentSize.bytes() > MAX_SEGMENT) {
      throw FoursightException.badData(
          "ingester.wal.segment_size is " + segmentSize + ", it must lie between 4KiB and 1GiB");
    }
    if (syncInterval.isNegative()) {
      throw FoursightException.badData(
          "ingester.wal.sync_interval is " + syncInterval + ", it must not be negative");
    }
    if (maxQueuedBytes.bytes() < 1 || maxQueuedBytes.bytes() > MAX_SEGMENT) {
      throw FoursightException.badData(
          "ingester.wal.max_queued_bytes is "
              + maxQueuedBytes
              + ", it must lie between 1 byte and 1GiB");
    }
  }

  public WalConfig withSyncInterval(Duration interval) {
    return new WalConfig(interval, segmentSize, maxQueuedBytes, queueTimeout, compression, repair);
  }

  public WalConfig withSegmentSize(ByteSize size) {
    return new WalConfig(syncInterval, size, maxQueuedBytes, queueTimeout, compression, repair);
  }

  public WalConfig withCompression(boolean on) {
    return new WalConfig(syncInterval, segmentSize, maxQueuedBytes, queueTimeout, on, repair);
  }

  public WalConfig withRepair(boolean on) {
    return new WalConfig(syncInterval, segmentSize, maxQueuedBytes, queueTimeout, compression, on);
  }
}
