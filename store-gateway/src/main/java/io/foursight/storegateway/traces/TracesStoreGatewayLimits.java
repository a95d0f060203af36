package io.foursight.storegateway.traces;

import io.foursight.config.Setting;
import java.time.Duration;

/// What a tenant may read of its past; keys of the `limits` section.
public record TracesStoreGatewayLimits(
    @Setting("Age at which spans are deleted; 0 = kept for ever.") Duration blockRetention) {
  public static TracesStoreGatewayLimits defaults() {
    return new TracesStoreGatewayLimits(Duration.ZERO);
  }
}
