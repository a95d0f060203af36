package io.foursight.compactor;

import io.foursight.config.Setting;
import java.time.Duration;

/// Per-tenant limits of the compactor.
public record CompactorLimits(
    @Setting("Blocks whose newest item is older than this are deleted; 0 = kept for ever.")
        Duration compactorBlocksRetentionPeriod,
    @Setting("Age at which a block folder without meta.json is taken for a failed upload.")
        Duration compactorPartialBlockDeletionDelay) {
  public static CompactorLimits defaults() {
    return new CompactorLimits(Duration.ZERO, Duration.ofDays(1));
  }
}
