package io.foursight.storegateway.metrics;

import io.foursight.config.TenantLimits;
import io.foursight.model.Blocks;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsLateWrites;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockStore;
import io.foursight.storage.metrics.block.v1.MetricsBlockCache;
import io.foursight.storage.metrics.block.v1.MetricsBlockFormat;
import io.foursight.storage.metrics.block.v1.MetricsBlockReader;
import io.foursight.storegateway.BlockFiles;
import io.foursight.storegateway.BlockGateway;
import io.foursight.storegateway.OpenBlock;
import io.foursight.storegateway.StoreGatewayConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/// All metrics blocks of all tenants as one Source, and the one who tells ingesters that a block is
/// read from.
///
/// When a block disappears under a query, the query goes on over the new list. A corrupt block
/// fails the query with `CORRUPT` and its name, unless it shall be skipped. Samples older than the
/// tenant's retention are not read. Safe from any thread.
public final class MetricsStoreGateway extends BlockGateway<MetricsBlockReader>
    implements MetricsSource, Blocks<MetricsSource>, MetricsLateWrites {
  private final TenantLimits<MetricsStoreGatewayLimits> limits;
  private final Clock clock;
  private final BlockReads all;

  /// @param blocks the block store of the metrics signal
  public MetricsStoreGateway(
      BlockStore blocks,
      BlockFiles files,
      StoreGatewayConfig config,
      TenantLimits<MetricsStoreGatewayLimits> limits,
      Clock clock,
      MeterRegistry meters) {
    super(Signal.METRICS, blocks, MetricsBlockFormat.NAME, readers(files, config), config, meters);
    this.limits = limits;
    this.clock = clock;
    this.all = reads(Set.of());
  }

  private static OpenBlock.Readers<MetricsBlockReader> readers(
      BlockFiles files, StoreGatewayConfig config) {
    var cache = new MetricsBlockCache(config.indexCacheSize().bytes());
    return new OpenBlock.Readers<>() {
      @Override
      public MetricsBlockReader open(TenantId tenant, BlockMeta meta) {
        return MetricsBlockReader.open(meta, files.of(tenant, meta), cache);
      }

      @Override
      public void close(MetricsBlockReader reader) {
        reader.close();
      }
    };
  }

  private BlockReads reads(Set<String> only) {
    return new BlockReads(index, this::attempt, limits, clock, metrics, only);
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
