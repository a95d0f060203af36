package io.foursight.cmd;

import io.foursight.config.TenantOverrides;
import io.foursight.model.metrics.MetricsCardinality;
import io.foursight.model.metrics.MetricsLateWrites;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.querier.logs.LogsFanIn;
import io.foursight.querier.metrics.MetricsFanIn;
import io.foursight.querier.metrics.MetricsQuerier;
import io.foursight.querier.metrics.MetricsQuerierLimits;
import io.foursight.querier.metrics.MetricsReplicationLimits;
import io.foursight.querier.metrics.ReplicatedMetricsCardinality;
import io.foursight.querier.metrics.ReplicatedMetricsSource;
import io.foursight.querier.metrics.ShardedMetricsBlocks;
import io.foursight.querylanguages.promql.eval.PromqlEngine;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import java.util.List;
import java.util.Set;

/// PromQL over recent and historic data.
final class QuerierWiring {
  private final ComponentContext context;
  private final TenantOverrides overrides;
  private final ClusterWiring cluster;
  private final IngesterWiring ingester;
  private final StoreGatewayWiring storeGateway;
  private final Lazy<MetricsQuerier> metrics;
  private final Lazy<LogsFanIn> logs;

  QuerierWiring(
      FoursightConfig config,
      TenantOverrides overrides,
      ComponentContext context,
      ClusterWiring cluster,
      IngesterWiring ingester,
      StoreGatewayWiring storeGateway) {
    this.context = context;
    this.overrides = overrides;
    this.cluster = cluster;
    this.ingester = ingester;
    this.storeGateway = storeGateway;
    logs = new Lazy<>(() -> new LogsFanIn(ingester.logs(), storeGateway.logs()));
    metrics =
        new Lazy<>(() ->
            new MetricsQuerier(
                source(),
                (request, source, helpers) -> new PromqlEngine(source, helpers).run(request),
                overrides.limits(MetricsQuerierLimits.class),
                config.querier(),
                context.meters()));
  }

  MetricsQuerier metrics() {
    return metrics.get();
  }

  /// Recent and historic logs, as entries and as they come.
  LogsFanIn logs() {
    return logs.get();
  }

  Module module() {
    return new Module(
        "querier",
        cluster.isClustered() ? cluster.needs() : Set.of("ingester", "store-gateway"),
        metrics);
  }

  private MetricsSource source() {
    if (!cluster.isClustered()) {
      return new MetricsFanIn(List.of(storeGateway.metrics(), ingester.metrics()));
    }
    var limits = overrides.limits(MetricsReplicationLimits.class);
    return new MetricsFanIn(
        List.of(
            new ShardedMetricsBlocks(storeGateway.ring(), storeGateway::blocksOf, limits),
            new ReplicatedMetricsSource(
                ingester.ring(), ingester::sourceOf, limits, context.clock())));
  }

  /// What the heads tell about themselves.
  MetricsCardinality cardinality() {
    return cluster.isClustered() ? replicated() : ingester.metrics();
  }

  MetricsLateWrites lateWrites() {
    return cluster.isClustered() ? replicated() : ingester.metrics().and(storeGateway.metrics());
  }

  private ReplicatedMetricsCardinality replicated() {
    return new ReplicatedMetricsCardinality(
        ingester.ring(), ingester::cardinalityOf, ingester::lateWritesOf);
  }
}
