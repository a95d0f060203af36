package io.foursight.compactor.traces;

import io.foursight.config.Setting;
import java.time.Duration;

/// Per-tenant limits of the compactor for traces.
public record TracesCompactorLimits(
    @Setting("Age at which spans are deleted; 0 = kept for ever.") Duration blockRetention) {
  public static TracesCompactorLimits defaults() {
    return new TracesCompactorLimits(Duration.ZERO);
  }
}
