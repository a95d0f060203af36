package io.foursight.compactor.logs;

import io.foursight.compactor.Compactor;
import io.foursight.compactor.CompactorConfig;
import io.foursight.compactor.CompactorLimits;
import io.foursight.compactor.Ownership;
import io.foursight.compactor.SizePlanner;
import io.foursight.config.TenantLimits;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockStore.Entry;
import io.foursight.storage.block.ObjectBlockStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The compactor of logs: the skeleton's [Compactor] with the planner, the merger and the retention
/// of logs. What only logs have (retention by bytes, finishing delete requests) is done when a
/// round plans for a tenant.
public final class LogsCompaction {
  private static final Logger log = LoggerFactory.getLogger(LogsCompaction.class);

  /// Stored bytes; about a gigabyte of lines.
  private static final long TARGET_BYTES = 128L << 20;

  /// After that long all that was in a head when a request was accepted is in blocks, and blocks
  /// that were replaced are gone.
  private static final Duration SETTLED = Duration.ofHours(4);

  private final ObjectBlockStore store;
  private final LogsRewrites rewrites;
  private final SizePlanner planner;
  private final TenantLimits<LogsCompactorLimits> limits;
  private final Compactor compactor;

  /// @param shared limits of all signals
  /// @param compiler of delete requests' queries and retention selectors
  public LogsCompaction(
      ObjectBlockStore store,
      DeleteRequests requests,
      EntryFilter.Compiler compiler,
      CompactorConfig config,
      TenantLimits<CompactorLimits> shared,
      TenantLimits<LogsCompactorLimits> limits,
      Path scratch,
      InstantSource clock,
      RandomGenerator random,
      MeterRegistry registry,
      Ownership ownership) {
    this.store = store;
    this.limits = limits;
    this.rewrites = new LogsRewrites(store, requests, limits, compiler, clock);
    this.planner = new SizePlanner(config, TARGET_BYTES, rewrites::isNeeded);
    this.compactor =
        new Compactor(
            Signal.LOGS,
            store,
            new LogsMerger(rewrites),
            this::plan,
            config,
            tenant ->
                new CompactorLimits(
                    limits.of(tenant).longest(),
                    shared.of(tenant).compactorPartialBlockDeletionDelay()),
            scratch,
            clock,
            random,
            registry,
            ownership);
  }

  public Compactor compactor() {
    return compactor;
  }

  private Optional<List<BlockMeta>> plan(TenantId tenant, List<BlockMeta> blocks, long now) {
    List<BlockMeta> kept = withinBytes(tenant, blocks);
    Optional<List<BlockMeta>> job = planner.next(tenant, kept, now);
    if (job.isEmpty()) {
      rewrites.finish(tenant, store.blocks(tenant).stream().map(Entry::meta).toList(), SETTLED);
    }
    return job;
  }

  /// Marks the oldest blocks for deletion until the rest is small enough.
  private List<BlockMeta> withinBytes(TenantId tenant, List<BlockMeta> blocks) {
    long max = limits.of(tenant).retentionBytes().bytes();
    long sum = blocks.stream().mapToLong(BlockMeta::sizeBytes).sum();
    if (max <= 0 || sum <= max) {
      return blocks;
    }
    var kept = new ArrayList<>(blocks);
    kept.sort(Comparator.comparingLong(BlockMeta::maxTimeMillis).thenComparing(BlockMeta::id));
    while (sum > max && !kept.isEmpty()) {
      BlockMeta oldest = kept.removeFirst();
      sum -= oldest.sizeBytes();
      store.markForDeletion(tenant, oldest.id(), "past retention by bytes");
      log.info(
          "block marked for deletion tenant={} block={} reason=\"past retention by bytes\"",
          tenant,
          oldest.id());
    }
    return kept;
  }
}
