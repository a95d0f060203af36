package io.foursight.ingester.traces;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;
import java.time.Duration;

/// Settings of the traces part of the ingester, section `ingester.traces`.
public record TracesIngesterConfig(
    @Setting("Bytes of spans at which a segment is cut into a block.") ByteSize segmentSize,
    @Setting("A segment of traces is cut at the latest when it is this old.") Duration flushMaxAge,
    @Setting("A segment of traces is cut when nothing was added to it for this long.")
        Duration flushIdle,
    @Setting(
            "Memory of all heads of traces; past it writes are answered 503. 0 is 25 % of the"
                + " heap.")
        ByteSize maxHeadBytes) {

  public static TracesIngesterConfig defaults() {
    return new TracesIngesterConfig(
        ByteSize.ofMebibytes(128), Duration.ofMinutes(30), Duration.ofMinutes(10), new ByteSize(0));
  }

  /// The bound of head memory in bytes.
  public long headBytes() {
    return maxHeadBytes.bytes() > 0 ? maxHeadBytes.bytes() : Runtime.getRuntime().maxMemory() / 4;
  }
}
