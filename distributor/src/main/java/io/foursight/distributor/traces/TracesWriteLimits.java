package io.foursight.distributor.traces;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;

/// Per-tenant limits of the traces write door, keys of the section `limits`. Names are Tempo's. A
/// bound of 0 means unlimited.
public record TracesWriteLimits(
    @Setting("Span bytes per second; 0 is unlimited.") ByteSize rateLimitBytes,
    @Setting("Span bytes that may come at once above rate_limit_bytes.") ByteSize burstSizeBytes,
    @Setting(
            "Bytes of the name and of the text of an attribute of traces; longer ones are cut; 0 is"
                + " unlimited.")
        ByteSize maxAttributeBytes) {

  public static TracesWriteLimits defaults() {
    return new TracesWriteLimits(new ByteSize(0), new ByteSize(30_000_000), new ByteSize(2048));
  }
}
