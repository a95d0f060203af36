package io.foursight.cmd;

import io.foursight.compactor.Compactor;
import io.foursight.compactor.CompactorLimits;
import io.foursight.compactor.CompactorRoutes;
import io.foursight.compactor.CompactorService;
import io.foursight.compactor.metrics.MetricsMerger;
import io.foursight.config.TenantOverrides;
import io.foursight.model.Signal;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import io.foursight.runtime.Service;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;

/// Merging, retention and deletion.
final class CompactorWiring {
  private final FoursightConfig config;
  private final TenantOverrides overrides;
  private final ComponentContext context;
  private final StorageWiring storage;

  CompactorWiring(
      FoursightConfig config,
      TenantOverrides overrides,
      ComponentContext context,
      StorageWiring storage) {
    this.config = config;
    this.overrides = overrides;
    this.context = context;
    this.storage = storage;
  }

  Module module() {
    return new Module("compactor", Set.of("storage"), this::compactor);
  }

  private Service compactor() {
    var metrics =
        new Compactor(
            Signal.METRICS,
            storage.metricsBlocks(),
            new MetricsMerger(),
            config.compactor(),
            overrides.limits(CompactorLimits.class),
            context.dataDir().resolve("compactor").resolve("metrics"),
            context.clock(),
            new SecureRandom(),
            context.meters());
    List<Compactor> compactors = List.of(metrics);
    CompactorRoutes.register(context.routes(), compactors);
    return new CompactorService(compactors, config.compactor().compactionInterval());
  }
}
