package io.foursight.cmd;

import io.foursight.config.TenantOverrides;
import io.foursight.distributor.DistributorLimits;
import io.foursight.distributor.metrics.MetricsWriteDoor;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import io.foursight.runtime.Service;
import java.util.Set;

/// The push routes before the ingester of this process.
final class DistributorWiring {
  private final FoursightConfig config;
  private final TenantOverrides overrides;
  private final ComponentContext context;
  private final IngesterWiring ingester;

  DistributorWiring(
      FoursightConfig config,
      TenantOverrides overrides,
      ComponentContext context,
      IngesterWiring ingester) {
    this.config = config;
    this.overrides = overrides;
    this.context = context;
    this.ingester = ingester;
  }

  Module module() {
    return new Module("distributor", Set.of("ingester"), this::distributor);
  }

  private Service distributor() {
    return new MetricsWriteDoor(
        context,
        config.distributor(),
        overrides.limits(DistributorLimits.class),
        ingester.metrics(),
        ingester.hash());
  }
}
