package io.foursight.querier.metrics;

import io.foursight.model.TenantId;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MergingSeriesCursor;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SelectHints.Delivery;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.querier.replication.StoreGateways;
import io.foursight.querier.replication.StoreGateways.Read;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// Historic data from the store-gateways of a ring, each block once. Safe from any thread.
public final class ShardedMetricsBlocks implements MetricsSource {
  private final StoreGateways<MetricsSource> gateways;

  public ShardedMetricsBlocks(StoreGateways<MetricsSource> gateways) {
    this.gateways = gateways;
  }

  @Override
  public SeriesCursor select(MetricsSelect select) {
    MetricsSelect ascending = select.with(Delivery.ASCENDING);
    return MergingSeriesCursor.of(
        read(ascending, source -> source.select(ascending), SeriesCursor::close));
  }

  @Override
  public SeriesCursor series(MetricsSelect select) {
    return MergingSeriesCursor.of(
        read(select, source -> source.series(select), SeriesCursor::close));
  }

  @Override
  public List<String> labelNames(MetricsSelect select) {
    return union(read(select, source -> source.labelNames(select), unused -> {}));
  }

  @Override
  public List<String> labelValues(String label, MetricsSelect select) {
    return union(read(select, source -> source.labelValues(label, select), unused -> {}));
  }

  private static List<String> union(List<List<String>> parts) {
    return parts.isEmpty() ? List.of() : SortedUnion.texts(parts);
  }

  @Override
  public List<ExemplarSeries> exemplars(MetricsSelect select) {
    return SortedUnion.exemplars(read(select, source -> source.exemplars(select), unused -> {}));
  }

  @Override
  public List<MetricMetadata> metadata(TenantId tenant, String metric) {
    return gateways.one(tenant, blocks -> blocks.only(List.of()).metadata(tenant, metric));
  }

  private <R> List<R> read(
      MetricsSelect select, Function<MetricsSource, R> question, Consumer<R> discard) {
    return gateways
        .read(
            new Read<>(
                select.tenant(), select.range(), select.budget(), b -> true, question, discard))
        .parts();
  }
}
