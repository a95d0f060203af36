package io.foursight.compactor;

import io.foursight.config.Setting;
import io.foursight.model.FoursightException;
import java.time.Duration;
import java.util.List;

/// Section `compactor`.
public record CompactorConfig(
    @Setting("Aligned time ranges that blocks are merged to, each a multiple of the one before.")
        List<Duration> blockRanges,
    @Setting("Pause between two rounds over all tenants.") Duration compactionInterval,
    @Setting("Age of a freshly cut block before it is merged, so that its neighbours are there.")
        Duration firstLevelCompactionWait,
    @Setting("How long late blocks gather before they are merged into a range already merged.")
        Duration lateBlockWait,
    @Setting(
            "Time between the marking of a block and its deletion; readers let go of it in"
                + " between.")
        Duration deletionDelay,
    @Setting("Time after a tenant's deletion for which late blocks of it are still deleted.")
        Duration tenantCleanupDelay,
    @Setting("Most blocks merged at once; more are merged in steps.") int maxBlocksPerJob) {
  public static CompactorConfig defaults() {
    return new CompactorConfig(
        List.of(Duration.ofHours(2), Duration.ofHours(12), Duration.ofHours(24)),
        Duration.ofMinutes(1),
        Duration.ofMinutes(5),
        Duration.ofHours(1),
        Duration.ofHours(2),
        Duration.ofHours(6),
        32);
  }

  public CompactorConfig {
    blockRanges = List.copyOf(blockRanges);
    for (int i = 0; i < blockRanges.size(); i++) {
      long range = blockRanges.get(i).toMillis();
      if (range <= 0 || (i > 0 && range % blockRanges.get(i - 1).toMillis() != 0)) {
        throw FoursightException.badData(
            "compactor.block_ranges is "
                + blockRanges
                + ": "
                + blockRanges.get(i)
                + " must be a positive multiple of the range before it");
      }
    }
    if (maxBlocksPerJob < 2) {
      throw FoursightException.badData(
          "compactor.max_blocks_per_job is " + maxBlocksPerJob + ", the minimum is 2");
    }
  }
}
