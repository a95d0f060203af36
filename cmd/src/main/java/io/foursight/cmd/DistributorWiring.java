package io.foursight.cmd;

import io.foursight.config.TenantOverrides;
import io.foursight.distributor.DistributorLimits;
import io.foursight.distributor.DistributorMetrics;
import io.foursight.distributor.RetryAfter;
import io.foursight.distributor.metrics.LocalHaElections;
import io.foursight.distributor.metrics.MetricsDistributor;
import io.foursight.distributor.metrics.OtlpMetricsGrpc;
import io.foursight.distributor.metrics.OtlpMetricsRoutes;
import io.foursight.distributor.metrics.RemoteWriteRoutes;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import io.foursight.runtime.Service;
import java.security.SecureRandom;
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
    var elections =
        new LocalHaElections(
            context.clock(),
            config.distributor().haTrackerFailoverTimeout(),
            config.distributor().haTrackerUpdateTimeout());
    var distributor =
        new MetricsDistributor(
            config.distributor(),
            overrides.limits(DistributorLimits.class),
            ingester.metrics(),
            elections,
            new DistributorMetrics(context.meters()),
            ingester.hash(),
            context.clock(),
            System::nanoTime);
    var retryAfter = new RetryAfter(new SecureRandom());
    new RemoteWriteRoutes(distributor, retryAfter).register(context.routes());
    new OtlpMetricsRoutes(distributor, retryAfter).register(context.routes());
    new OtlpMetricsGrpc(distributor, retryAfter).register(context.routes());
    return new Routed();
  }
}
