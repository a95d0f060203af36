package io.foursight.cmd;

import io.foursight.config.TenantOverrides;
import io.foursight.queryfrontend.BuildInfo;
import io.foursight.queryfrontend.metrics.MetricsQueryFrontend;
import io.foursight.queryfrontend.metrics.MetricsQueryLimits;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import io.foursight.runtime.Service;

/// The public read door.
final class QueryFrontendWiring {
  private final FoursightConfig config;
  private final TenantOverrides overrides;
  private final ComponentContext context;
  private final ClusterWiring cluster;
  private final QuerierWiring querier;

  QueryFrontendWiring(
      FoursightConfig config,
      TenantOverrides overrides,
      ComponentContext context,
      ClusterWiring cluster,
      QuerierWiring querier) {
    this.config = config;
    this.overrides = overrides;
    this.context = context;
    this.querier = querier;
    this.cluster = cluster;
  }

  Module module() {
    return new Module("query-frontend", cluster.needs("querier"), this::frontend);
  }

  private Service frontend() {
    var ports =
        new MetricsQueryFrontend.Ports(
            querier.metrics(),
            querier.metrics()::source,
            querier.cardinality(),
            querier.lateWrites(),
            overrides::valuesOf);
    var unused =
        new MetricsQueryFrontend(
            ports,
            config.queryFrontend(),
            overrides.limits(MetricsQueryLimits.class),
            new BuildInfo(Version.text(), "unknown", "unknown", "unknown"),
            context.routes(),
            context.clock(),
            context.meters());
    return new Routed();
  }
}
