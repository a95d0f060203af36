package io.foursight.storegateway.metrics;

import io.foursight.config.TenantLimits;
import io.foursight.model.BlockPickup;
import io.foursight.model.Deadline;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsBlocks;
import io.foursight.model.metrics.MetricsLateWrites;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.runtime.Service;
import io.foursight.storage.block.BlockStore;
import io.foursight.storage.metrics.block.v1.MetricsBlockCache;
import io.foursight.storegateway.StoreGatewayConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All metrics blocks of all tenants as one Source, and the one who tells ingesters that a block is
/// read from.
///
/// Block lists are read again every `sync_interval`, when a tenant is first asked for, when an
/// ingester asks for a block that is not known yet, and when a block disappears under a query; then
/// the query goes on over the new list. A corrupt block fails the query with `CORRUPT` and its
/// name, unless it shall be skipped. Samples older than the tenant's retention are not read. Safe
/// from any thread.
public final class MetricsStoreGateway
    implements MetricsSource, MetricsBlocks, MetricsLateWrites, BlockPickup, Service {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsStoreGateway.class);

  private final BlockArrivals arrivals = new BlockArrivals();
  private final BlockIndex index;
  private final StoreGatewayConfig config;
  private final TenantLimits<MetricsStoreGatewayLimits> limits;
  private final Clock clock;
  private final MetricsStoreGatewayMetrics metrics;
  private final BlockReads all;
  private ScheduledExecutorService sync;

  /// @param blocks the block store of the metrics signal
  public MetricsStoreGateway(
      BlockStore blocks,
      BlockFiles files,
      StoreGatewayConfig config,
      TenantLimits<MetricsStoreGatewayLimits> limits,
      Clock clock,
      MeterRegistry meters) {
    this.index =
        new BlockIndex(
            blocks, files, new MetricsBlockCache(config.indexCacheSize().bytes()), arrivals);
    this.config = config;
    this.limits = limits;
    this.clock = clock;
    this.metrics = new MetricsStoreGatewayMetrics(meters, index);
    this.all = reads(Set.of());
  }

  @Override
  public synchronized void start() {
    sync =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("store-gateway-metrics-sync").factory());
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
    if (signal != Signal.METRICS) {
      return false;
    }
    try {
      BlockIndex.Snapshot snapshot = index.of(tenant);
      if (!snapshot.covered().contains(blockId)) {
        arrivals.announce(blockId);
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

  private BlockReads reads(Set<String> only) {
    return new BlockReads(index, config, limits, clock, metrics, only);
  }

  /// From a list that is no older than the bound that ingesters count on before they let go of what
  /// they uploaded.
  @Override
  public List<String> plan(TenantId tenant, TimeRange range, boolean fresh) {
    BlockIndex.Snapshot snapshot =
        fresh ? index.refresh(tenant) : index.of(tenant, config.maxListAge());
    return snapshot.overlapping(range).stream().map(b -> b.meta().id()).toList();
  }

  @Override
  public MetricsSource only(List<String> blocks) {
    return blocks.isEmpty() ? all : reads(Set.copyOf(blocks));
  }

  /// Changes when a block appears whose data could not be read before, such as an imported one.
  @Override
  public long version(TenantId tenant, TimeRange range) {
    return arrivals.version(tenant, range);
  }

  /// Every block is seen, at the latest a `sync_interval` after it is there.
  @Override
  public boolean exact() {
    return true;
  }

  @Override
  public SeriesCursor select(MetricsSelect select) {
    return all.select(select);
  }

  @Override
  public List<SeriesCursor> select(MetricsSelect select, int parts) {
    return all.select(select, parts);
  }

  @Override
  public SeriesCursor series(MetricsSelect select) {
    return all.series(select);
  }

  @Override
  public boolean mayHold(TenantId tenant, TimeRange range) {
    return all.mayHold(tenant, range);
  }

  @Override
  public List<String> labelNames(MetricsSelect select) {
    return all.labelNames(select);
  }

  @Override
  public List<String> labelValues(String label, MetricsSelect select) {
    return all.labelValues(label, select);
  }

  @Override
  public List<ExemplarSeries> exemplars(MetricsSelect select) {
    return all.exemplars(select);
  }

  @Override
  public List<MetricMetadata> metadata(TenantId tenant, String metric) {
    return all.metadata(tenant, metric);
  }
}
