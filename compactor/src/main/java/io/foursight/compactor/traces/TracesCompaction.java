package io.foursight.compactor.traces;

import io.foursight.compactor.Compactor;
import io.foursight.compactor.CompactorConfig;
import io.foursight.compactor.CompactorLimits;
import io.foursight.compactor.Ownership;
import io.foursight.compactor.SizePlanner;
import io.foursight.config.TenantLimits;
import io.foursight.model.Signal;
import io.foursight.storage.block.ObjectBlockStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/// The compactor of traces: the skeleton's [Compactor] with merges by size and the retention of
/// traces.
public final class TracesCompaction {
  /// Stored bytes of a merged block; about ten million spans.
  private static final long TARGET_BYTES = 512L << 20;

  private TracesCompaction() {}

  /// @param shared limits of all signals
  /// @param scratch a directory of its own
  public static Compactor of(
      ObjectBlockStore store,
      CompactorConfig config,
      TenantLimits<CompactorLimits> shared,
      TenantLimits<TracesCompactorLimits> limits,
      Path scratch,
      InstantSource clock,
      RandomGenerator random,
      MeterRegistry registry,
      Ownership ownership) {
    return new Compactor(
        Signal.TRACES,
        store,
        new TracesMerger(),
        new SizePlanner(config, TARGET_BYTES, (tenant, block) -> false),
        config,
        tenant ->
            new CompactorLimits(
                limits.of(tenant).blockRetention(),
                shared.of(tenant).compactorPartialBlockDeletionDelay()),
        scratch,
        clock,
        random,
        registry,
        ownership);
  }
}
