package io.foursight.compactor.profiles;

import io.foursight.config.Setting;
import java.time.Duration;

/// Per-tenant limits of the compactor for profiles.
public record ProfilesCompactorLimits(
    @Setting("Age at which profiles are deleted; 0 = kept for ever.")
        Duration profilesRetentionPeriod) {
  public static ProfilesCompactorLimits defaults() {
    return new ProfilesCompactorLimits(Duration.ZERO);
  }
}
