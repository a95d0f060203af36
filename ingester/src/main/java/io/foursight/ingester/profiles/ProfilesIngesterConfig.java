package io.foursight.ingester.profiles;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;
import java.time.Duration;

/// Settings of the profiles part of the ingester, section `ingester.profiles`.
public record ProfilesIngesterConfig(
    @Setting("Memory of profiles at which a segment is cut into a block.") ByteSize segmentSize,
    @Setting("A segment of profiles is cut at the latest when it is this old.")
        Duration flushMaxAge,
    @Setting("A segment of profiles is cut when nothing was added to it for this long.")
        Duration flushIdle,
    @Setting(
            "Memory of all heads of profiles; past it writes are answered 503. 0 is 25 % of the"
                + " heap.")
        ByteSize maxHeadBytes) {

  public static ProfilesIngesterConfig defaults() {
    return new ProfilesIngesterConfig(
        ByteSize.ofMebibytes(128), Duration.ofMinutes(30), Duration.ofMinutes(10), new ByteSize(0));
  }

  /// The bound of head memory in bytes.
  public long headBytes() {
    return maxHeadBytes.bytes() > 0 ? maxHeadBytes.bytes() : Runtime.getRuntime().maxMemory() / 4;
  }
}
