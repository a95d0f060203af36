package io.foursight.distributor;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;
import java.time.Duration;

/// Settings of the distributor of this process, section `distributor`.
public record DistributorConfig(
    @Setting("Largest remote write request, compressed or not; a larger one is answered 400.")
        ByteSize maxRecvMsgSize,
    @Setting("Largest OTLP request, compressed or not; a larger one is answered 413.")
        ByteSize maxOtlpRequestSize,
    @Setting(
            "Bytes of write requests held at once, as received plus as decoded; past it requests"
                + " are answered 503. 0 is a quarter of the heap.")
        ByteSize maxInflightPushBytes,
    @Setting(
            "Series per tenant that are remembered as valid, about 40 bytes each; past it the"
                + " memory starts afresh.")
        int knownSeriesPerTenant,
    @Setting(
            "How long the elected replica of an HA pair may be silent before another one takes"
                + " over.")
        Duration haTrackerFailoverTimeout,
    @Setting("The time of the elected replica is refreshed when it is older than this.")
        Duration haTrackerUpdateTimeout) {

  public static DistributorConfig defaults() {
    return new DistributorConfig(
        ByteSize.ofMebibytes(100),
        ByteSize.ofMebibytes(100),
        new ByteSize(0),
        4_000_000,
        Duration.ofSeconds(30),
        Duration.ofSeconds(15));
  }
}
