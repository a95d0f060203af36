package io.foursight.cmd;

import io.foursight.config.TenantOverrides;
import io.foursight.querier.metrics.MetricsFanIn;
import io.foursight.querier.metrics.MetricsQuerier;
import io.foursight.querier.metrics.MetricsQuerierLimits;
import io.foursight.querylanguages.promql.eval.PromqlEngine;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import java.util.List;
import java.util.Set;

/// PromQL over recent and historic data.
final class QuerierWiring {
  private final Lazy<MetricsQuerier> metrics;

  QuerierWiring(
      FoursightConfig config,
      TenantOverrides overrides,
      ComponentContext context,
      IngesterWiring ingester,
      StoreGatewayWiring storeGateway) {
    metrics =
        new Lazy<>(() ->
            new MetricsQuerier(
                new MetricsFanIn(List.of(storeGateway.metrics(), ingester.metrics())),
                (request, source, helpers) -> new PromqlEngine(source, helpers).run(request),
                overrides.limits(MetricsQuerierLimits.class),
                config.querier(),
                context.meters()));
  }

  MetricsQuerier metrics() {
    return metrics.get();
  }

  Module module() {
    return new Module("querier", Set.of("ingester", "store-gateway"), metrics);
  }
}
