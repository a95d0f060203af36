package io.foursight.cmd;

import io.foursight.config.TenantOverrides;
import io.foursight.queryfrontend.BuildInfo;
import io.foursight.queryfrontend.metrics.MetricsQueryFrontend;
import io.foursight.queryfrontend.metrics.MetricsQueryLimits;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import io.foursight.runtime.Service;
import java.util.Set;

/// The public read door.
final class QueryFrontendWiring {
  private final FoursightConfig config;
  private final TenantOverrides overrides;
  private final ComponentContext context;
  private final QuerierWiring querier;
  private final IngesterWiring ingester;

  QueryFrontendWiring(
      FoursightConfig config,
      TenantOverrides overrides,
      ComponentContext context,
      QuerierWiring querier,
      IngesterWiring ingester) {
    this.config = config;
    this.overrides = overrides;
    this.context = context;
    this.querier = querier;
    this.ingester = ingester;
  }

  Module module() {
    return new Module("query-frontend", Set.of("querier", "ingester"), this::frontend);
  }

  private Service frontend() {
    var ports =
        new MetricsQueryFrontend.Ports(
            querier.metrics(),
            querier.metrics()::source,
            ingester.metrics(),
            ingester.metrics(),
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
