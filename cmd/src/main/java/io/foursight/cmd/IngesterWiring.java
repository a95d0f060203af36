package io.foursight.cmd;

import io.foursight.config.TenantOverrides;
import io.foursight.ingester.Ingester;
import io.foursight.ingester.IngesterMetrics;
import io.foursight.ingester.IngesterRoutes;
import io.foursight.ingester.metrics.MetricsFlusher;
import io.foursight.ingester.metrics.MetricsIngester;
import io.foursight.ingester.metrics.MetricsLimits;
import io.foursight.ingester.metrics.MetricsShelf;
import io.foursight.model.metrics.SeriesHash;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import io.foursight.storage.wal.FileWal;
import io.foursight.storage.wal.Wal;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;

/// Log, heads and flushing. Owns the key of the process's series hash, which the decoders share.
final class IngesterWiring {
  private final ComponentContext context;
  private final FoursightConfig config;
  private final SeriesHash hash;
  private final Lazy<Wal> wal;
  private final Lazy<IngesterMetrics> meters;
  private final Lazy<MetricsIngester> metrics;
  private final StorageWiring storage;
  private final StoreGatewayWiring storeGateway;

  IngesterWiring(
      FoursightConfig config,
      TenantOverrides overrides,
      ComponentContext context,
      StorageWiring storage,
      StoreGatewayWiring storeGateway) {
    var random = new SecureRandom();
    this.config = config;
    this.context = context;
    this.storage = storage;
    this.storeGateway = storeGateway;
    this.hash = new SeriesHash(random.nextLong(), random.nextLong());
    this.wal =
        new Lazy<>(
            () -> new FileWal(context.dataDir().resolve("wal"), config.wal(), context.meters()));
    this.meters = new Lazy<>(() -> new IngesterMetrics(context.meters()));
    this.metrics =
        new Lazy<>(() ->
            new MetricsIngester(
                config.ingester(),
                overrides.limits(MetricsLimits.class),
                wal.get(),
                hash,
                context.clock(),
                random,
                meters.get()));
  }

  SeriesHash hash() {
    return hash;
  }

  MetricsIngester metrics() {
    return metrics.get();
  }

  Module module() {
    return new Module("ingester", Set.of("storage", "store-gateway"), this::ingester);
  }

  private Ingester ingester() {
    Path directory = context.dataDir().resolve("ingester");
    var flusher =
        new MetricsFlusher(
            metrics.get(),
            config.ingester(),
            wal.get(),
            storage.metricsBlocks(),
            storeGateway.metrics(),
            directory.resolve("metrics"),
            context.clock(),
            meters.get());
    var ingester =
        new Ingester(
            config.ingester(),
            wal.get(),
            List.of(new MetricsShelf(metrics.get(), flusher)),
            directory);
    new IngesterRoutes(ingester).register(context.routes());
    return ingester;
  }
}
