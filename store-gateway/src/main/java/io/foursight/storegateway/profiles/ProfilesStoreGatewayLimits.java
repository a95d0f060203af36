package io.foursight.storegateway.profiles;

import io.foursight.config.Setting;
import java.time.Duration;

/// What a tenant may read of its past; keys of the `limits` section.
public record ProfilesStoreGatewayLimits(
    @Setting("Age at which profiles are deleted; 0 = kept for ever.")
        Duration profilesRetentionPeriod) {
  public static ProfilesStoreGatewayLimits defaults() {
    return new ProfilesStoreGatewayLimits(Duration.ZERO);
  }
}
