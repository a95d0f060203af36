package io.foursight.storegateway.logs;

import io.foursight.config.TenantLimits;
import io.foursight.model.BlockPickup;
import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsSource;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.LogsUnions;
import io.foursight.model.logs.MergingLogsCursor;
import io.foursight.model.logs.StreamVolume;
import io.foursight.runtime.Service;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockStore;
import io.foursight.storage.logs.block.v1.LogsBlockCache;
import io.foursight.storage.logs.block.v1.LogsBlockReader;
import io.foursight.storegateway.StoreGatewayConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All logs blocks of all tenants as one Source, and the one who tells ingesters that a block is
/// read from.
///
/// Block lists are read again every `sync_interval`, when a tenant is first asked for, when an
/// ingester asks for a block that is not known yet, and when a block turns out to be gone. A block
/// that disappears under a cursor (hours after its list has changed) ends the query with
/// `UNAVAILABLE`. A corrupt block fails the query with `CORRUPT` and its name, unless it shall be
/// skipped. Entries older than every retention of the tenant are not read. Safe from any thread.
public final class LogsStoreGateway implements LogsSource, BlockPickup, Service {
  private static final Logger LOG = LoggerFactory.getLogger(LogsStoreGateway.class);

  private final BlockIndex index;
  private final StoreGatewayConfig config;
  private final TenantLimits<LogsStoreGatewayLimits> limits;
  private final Clock clock;
  private final LogsStoreGatewayMetrics metrics;
  private ScheduledExecutorService sync;

  /// @param blocks the block store of the logs signal
  public LogsStoreGateway(
      BlockStore blocks,
      BlockFiles files,
      StoreGatewayConfig config,
      TenantLimits<LogsStoreGatewayLimits> limits,
      Clock clock,
      MeterRegistry meters) {
    this.index = new BlockIndex(blocks, files, new LogsBlockCache(config.indexCacheSize().bytes()));
    this.config = config;
    this.limits = limits;
    this.clock = clock;
    this.metrics = new LogsStoreGatewayMetrics(meters, index);
  }

  // ---- life ----

  @Override
  public synchronized void start() {
    sync =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("store-gateway-logs-sync").factory());
    sync.scheduleWithFixedDelay(
        this::syncOnce, 0, config.syncInterval().toMillis(), TimeUnit.MILLISECONDS);
  }

  private void syncOnce() {
    try {
      metrics.sync.record(index::refreshAll);
    } catch (RuntimeException e) {
      metrics.syncFailures.increment();
      LOG.warn("reading block lists failed, going on with the old ones: {}", e.toString());
    }
  }

  @Override
  public synchronized void stop(Deadline deadline) {
    if (sync == null) {
      return;
    }
    sync.shutdownNow();
    sync = null;
    index.close();
  }

  @Override
  public boolean serves(Signal signal, TenantId tenant, String blockId) {
    if (signal != Signal.LOGS) {
      return false;
    }
    try {
      BlockIndex.Snapshot snapshot = index.of(tenant);
      if (!snapshot.covered().contains(blockId)) {
        snapshot = index.refresh(tenant);
      }
      for (OpenBlock block : snapshot.blocks()) {
        if (block.meta().id().equals(blockId)) {
          block.acquire();
          block.release();
        }
      }
      boolean served = snapshot.covered().contains(blockId);
      if (served) {
        metrics.pickups.increment();
      }
      return served;
    } catch (RuntimeException e) {
      LOG.warn("block cannot be served yet: tenant={} block={} {}", tenant, blockId, e.toString());
      return false;
    }
  }

  // ---- reading ----

  /// {@inheritDoc} Blocks are opened when their time comes.
  @Override
  public LogsCursor select(LogsSelect asked) {
    metrics.selects.increment();
    LogsSelect select = insideRetention(asked);
    List<OpenBlock> blocks = blocks(select, Set.of());
    metrics.blocksQueried.increment(blocks.size());
    var cursors = new ArrayList<LogsCursor>(blocks.size());
    for (OpenBlock block : blocks) {
      cursors.add(new BlockCursor(block, select, failure -> skips(select.tenant(), failure)));
    }
    return cursors.isEmpty()
        ? LogsCursor.empty()
        : MergingLogsCursor.of(cursors, select.direction(), mayRepeat(blocks, select));
  }

  /// Whether to go on without the block of a failing cursor.
  private boolean skips(TenantId tenant, BlockFailure failure) {
    if (failure.isCorrupt()) {
      metrics.corruptBlocks.increment();
      if (config.skipCorruptBlocks()) {
        LOG.warn("skipping a corrupt block: {}", failure.getMessage());
        return true;
      }
      return false;
    }
    index.refresh(tenant);
    throw FoursightException.unavailable(
        failure.getMessage() + "; it was merged or deleted meanwhile, ask again");
  }

  /// Blocks whose times meet may both have a repeated entry; so may a merged block of which one
  /// source is read from a head.
  private static boolean mayRepeat(List<OpenBlock> blocks, LogsSelect select) {
    var sorted = new ArrayList<BlockMeta>();
    for (OpenBlock block : blocks) {
      if (!Collections.disjoint(block.meta().sources(), select.withoutBlocks())) {
        return true;
      }
      sorted.add(block.meta());
    }
    sorted.sort(Comparator.comparingLong(BlockMeta::minTimeMillis));
    long newest = Long.MIN_VALUE;
    for (BlockMeta meta : sorted) {
      if (meta.minTimeMillis() <= newest) {
        return true;
      }
      newest = Math.max(newest, meta.maxTimeMillis());
    }
    return false;
  }

  private List<OpenBlock> blocks(LogsSelect select, Set<String> skipped) {
    if (select.startNanos() >= select.endNanos()) {
      return List.of();
    }
    var range =
        new TimeRange(
            Math.floorDiv(select.startNanos(), 1_000_000L),
            Math.floorDiv(select.endNanos() - 1, 1_000_000L));
    return index.of(select.tenant()).overlapping(range).stream()
        .filter(b -> !select.withoutBlocks().contains(b.meta().id()))
        .filter(b -> !skipped.contains(b.meta().id()))
        .toList();
  }

  @Override
  public List<Labels> series(LogsSelect select) {
    return LogsUnions.series(each(select, reader -> reader.series(insideRetention(select))));
  }

  @Override
  public List<String> labelNames(LogsSelect select) {
    return LogsUnions.texts(each(select, reader -> reader.labelNames(insideRetention(select))));
  }

  @Override
  public List<String> labelValues(String label, LogsSelect select) {
    return LogsUnions.texts(
        each(select, reader -> reader.labelValues(label, insideRetention(select))));
  }

  @Override
  public LogsStats stats(LogsSelect select) {
    return LogsUnions.stats(each(select, reader -> reader.stats(insideRetention(select))));
  }

  @Override
  public List<StreamVolume> volumes(LogsSelect select, long stepNanos) {
    // Buckets count from the start that was asked for.
    return LogsUnions.volumes(each(select, reader -> reader.volumes(select, stepNanos)));
  }

  @Override
  public List<LogsPattern> patterns(LogsSelect select, long stepNanos, int limit) {
    return LogsUnions.patterns(
        each(select, reader -> reader.patterns(select, stepNanos, limit)), limit);
  }

  /// What every block in the range answers; started again when one turns out to be gone.
  private <T> List<T> each(LogsSelect select, Function<LogsBlockReader, T> read) {
    var skipped = new HashSet<String>();
    for (int attempt = 0; ; attempt++) {
      try {
        var answers = new ArrayList<T>();
        for (OpenBlock block : blocks(insideRetention(select), skipped)) {
          select.budget().check();
          answers.add(ask(select.tenant(), block, read));
        }
        return answers;
      } catch (BlockFailure e) {
        if (e.isCorrupt()) {
          metrics.corruptBlocks.increment();
          if (!config.skipCorruptBlocks() || !skipped.add(e.blockId())) {
            throw e;
          }
          LOG.warn("skipping a corrupt block: {}", e.getMessage());
        } else if (attempt >= config.maxRetries()) {
          throw new FoursightException(
              ErrorKind.UNAVAILABLE,
              e.getMessage() + " (gave up after " + config.maxRetries() + " retries)",
              e);
        } else {
          metrics.retries.increment();
          index.refresh(select.tenant());
        }
      }
    }
  }

  private static <T> T ask(TenantId tenant, OpenBlock block, Function<LogsBlockReader, T> read) {
    return BlockFailure.naming(
        tenant,
        block.meta().id(),
        () -> {
          LogsBlockReader reader = block.acquire();
          try {
            return read.apply(reader);
          } finally {
            block.release();
          }
        });
  }

  private LogsSelect insideRetention(LogsSelect select) {
    Duration retention = limits.of(select.tenant()).longest();
    if (retention.isZero() || retention.isNegative()) {
      return select;
    }
    long oldest = (clock.millis() - retention.toMillis()) * 1_000_000;
    if (select.startNanos() >= oldest) {
      return select;
    }
    return new LogsSelect(
        select.tenant(),
        oldest,
        select.endNanos(),
        select.matchers(),
        select.lineFilters(),
        select.fields(),
        select.columns(),
        select.direction(),
        select.limit(),
        select.withoutBlocks(),
        select.budget());
  }
}
