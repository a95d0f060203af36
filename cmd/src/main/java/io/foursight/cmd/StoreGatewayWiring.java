package io.foursight.cmd;

import io.foursight.config.TenantOverrides;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import io.foursight.storegateway.metrics.MetricsStoreGateway;
import io.foursight.storegateway.metrics.MetricsStoreGatewayLimits;
import java.util.Set;

/// Historic reads.
final class StoreGatewayWiring {
  private final Lazy<MetricsStoreGateway> metrics;

  StoreGatewayWiring(
      FoursightConfig config,
      TenantOverrides overrides,
      ComponentContext context,
      StorageWiring storage) {
    metrics =
        new Lazy<>(() ->
            new MetricsStoreGateway(
                storage.metricsBlocks(),
                (tenant, block, file) -> storage.metricsBlocks().open(tenant, block, file.name()),
                config.storeGateway(),
                overrides.limits(MetricsStoreGatewayLimits.class),
                context.clock(),
                context.meters()));
  }

  MetricsStoreGateway metrics() {
    return metrics.get();
  }

  Module module() {
    return new Module("store-gateway", Set.of("storage"), metrics);
  }
}
