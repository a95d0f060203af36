package io.foursight.ingester;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;
import java.time.Duration;

/// Settings of the ingester of this process, section `ingester`. The log has a section of its own
/// below it.
public record IngesterConfig(
    @Setting("How long after the end of its two hours a range waits for stragglers, then is cut.")
        Duration flushDelay,
    @Setting("A range of the past is cut when nothing was added to it for this long.")
        Duration flushIdle,
    @Setting("A range of the past is cut at the latest when it is this old.") Duration flushMaxAge,
    @Setting("How often the ingester looks for something to cut, upload or let go.")
        Duration flushCheckInterval,
    @Setting("Longest pause between attempts to upload a block.") Duration flushMaxBackoff,
    @Setting("Memory of all heads; past it writes are answered 503. 0 is 60 % of the heap.")
        ByteSize maxHeadBytes,
    @Setting("Bytes of the write-ahead log; past it writes are answered 503. 0 = unlimited.")
        ByteSize maxWalBytes,
    @Setting("Write requests served at once; past it they are answered 503. 0 = unlimited.")
        int maxInflightPushRequests,
    @Setting("Tenants in memory; past it writes of others are answered 503. 0 = unlimited.")
        int maxTenants,
    @Setting("A series without samples for this long is not active any more.")
        Duration activeSeriesIdleTimeout,
    @Setting("Metadata that nobody has sent for this long are forgotten.")
        Duration metadataRetainPeriod,
    @Setting("On a clean stop, cut and upload everything first.") boolean flushOnShutdown) {
  public static IngesterConfig defaults() {
    return new IngesterConfig(
        Duration.ofMinutes(10),
        Duration.ofMinutes(2),
        Duration.ofMinutes(30),
        Duration.ofSeconds(15),
        Duration.ofMinutes(1),
        new ByteSize(0),
        new ByteSize(16L << 30),
        30_000,
        100_000,
        Duration.ofMinutes(20),
        Duration.ofHours(24),
        false);
  }

  /// The bound of head memory in bytes.
  public long headBytes() {
    return maxHeadBytes.bytes() > 0
        ? maxHeadBytes.bytes()
        : (long) (Runtime.getRuntime().maxMemory() * 0.6);
  }
}
