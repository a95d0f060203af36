package io.foursight.ingester.logs;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;
import java.time.Duration;

/// Settings of the logs part of the ingester, section `ingester.logs`.
public record LogsIngesterConfig(
    @Setting("Bytes of lines and structured metadata at which a segment is cut into a block.")
        ByteSize segmentSize,
    @Setting("A segment is cut at the latest when it is this old.") Duration flushMaxAge,
    @Setting("A segment is cut when nothing was added to it for this long.") Duration flushIdle,
    @Setting("Memory of all heads of logs; past it writes are answered 503. 0 is 25 % of the heap.")
        ByteSize maxHeadBytes) {

  public static LogsIngesterConfig defaults() {
    return new LogsIngesterConfig(
        ByteSize.ofMebibytes(128), Duration.ofHours(1), Duration.ofMinutes(15), new ByteSize(0));
  }

  /// The bound of head memory in bytes.
  public long headBytes() {
    return maxHeadBytes.bytes() > 0 ? maxHeadBytes.bytes() : Runtime.getRuntime().maxMemory() / 4;
  }
}
