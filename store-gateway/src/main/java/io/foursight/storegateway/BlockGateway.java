package io.foursight.storegateway;

import io.foursight.model.BlockPickup;
import io.foursight.model.Blocks.Planned;
import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.runtime.Service;
import io.foursight.storage.block.BlockStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All blocks of one signal of all tenants, and the one who tells ingesters that a block is read
/// from. The signals' gateways extend it with reading.
///
/// Block lists are read again every `sync_interval`, when a tenant is first asked for, when an
/// ingester asks for a block that is not known yet, and when a block disappears under a query. Safe
/// from any thread.
///
/// @param <R> the signal's reader of a block
public abstract class BlockGateway<R> implements BlockPickup, Service {
  private static final Logger LOG = LoggerFactory.getLogger(BlockGateway.class);

  private final Signal signal;
  protected final BlockIndex<R> index;
  protected final BlockArrivals arrivals = new BlockArrivals();
  protected final StoreGatewayConfig config;
  protected final StoreGatewayMetrics metrics;
  private ScheduledExecutorService sync;

  /// @param blocks the block store of the signal
  /// @param format of the blocks that this version reads
  protected BlockGateway(
      Signal signal,
      BlockStore blocks,
      String format,
      OpenBlock.Readers<R> readers,
      StoreGatewayConfig config,
      MeterRegistry meters) {
    this.signal = signal;
    this.index = new BlockIndex<>(blocks, format, readers, arrivals, config.skipCorruptBlocks());
    this.config = config;
    this.metrics = new StoreGatewayMetrics(meters, signal, index);
  }

  @Override
  public final synchronized void start() {
    sync =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform()
                .daemon()
                .name("store-gateway-" + signal.plural() + "-sync")
                .factory());
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
  public final synchronized void stop(Deadline deadline) {
    if (sync == null) {
      return;
    }
    sync.shutdownNow();
    sync = null;
    index.close();
  }

  @Override
  public final boolean serves(Signal asked, TenantId tenant, String blockId) {
    if (asked != signal) {
      return false;
    }
    try {
      BlockIndex.Snapshot<R> snapshot = index.of(tenant);
      if (!snapshot.covered().contains(blockId)) {
        arrivals.announce(blockId);
        snapshot = index.refresh(tenant);
      }
      for (OpenBlock<R> block : snapshot.blocks()) {
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

  /// As in [io.foursight.model.Blocks]; from a list that is no older than the bound that ingesters
  /// count on before they let go of what they uploaded.
  public final List<Planned> plan(TenantId tenant, TimeRange range, boolean fresh) {
    BlockIndex.Snapshot<R> snapshot =
        fresh ? index.refresh(tenant) : index.of(tenant, config.maxListAge());
    return snapshot.overlapping(range).stream()
        .map(b -> new Planned(b.meta().id(), b.meta().timeRange(), b.meta().level()))
        .toList();
  }

  protected final BlockAttempt<R> attempt(TenantId tenant) {
    return new BlockAttempt<>(index, config, metrics, tenant);
  }

  /// What every block answers; started again when one turns out to be gone.
  ///
  /// @param chosen the blocks, from the list as it is when called
  protected final <T> List<T> each(
      TenantId tenant,
      QueryBudget budget,
      Supplier<List<OpenBlock<R>>> chosen,
      Function<R, T> read) {
    BlockAttempt<R> attempt = attempt(tenant);
    return attempt.run(() -> {
      var answers = new ArrayList<T>();
      for (OpenBlock<R> block : attempt.kept(chosen.get())) {
        budget.check();
        answers.add(block.ask(read));
      }
      return answers;
    });
  }

  /// For cursors that cannot begin again: whether to go on without a block that failed half-way.
  ///
  /// @throws FoursightException `UNAVAILABLE` when the block is gone; the list is read again
  protected final boolean skips(TenantId tenant, BlockFailure failure) {
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
}
