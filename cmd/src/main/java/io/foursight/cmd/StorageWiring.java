package io.foursight.cmd;

import io.foursight.compactor.logs.DeleteRequests;
import io.foursight.model.Deadline;
import io.foursight.model.Signal;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import io.foursight.runtime.Service;
import io.foursight.storage.block.BlockLeases;
import io.foursight.storage.block.ObjectBlockStore;
import io.foursight.storage.block.PageCache;
import io.foursight.storage.object.ObjectStore;
import io.foursight.storage.object.ObjectStores;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// The object stores of the signals and the blocks in them, shared by everything that touches them.
final class StorageWiring {
  private final Lazy<ObjectStore> objects;
  private static final Duration LEASE = Duration.ofMinutes(1);

  private final Lazy<PageCache> pages;
  private final Lazy<ObjectStore> logsObjects;
  private final Lazy<ObjectStore> tracesObjects;
  private final Lazy<ObjectStore> profilesObjects;
  private final Lazy<ObjectBlockStore> metricsBlocks;
  private final Lazy<ObjectBlockStore> logsBlocks;
  private final Lazy<ObjectBlockStore> tracesBlocks;
  private final Lazy<ObjectBlockStore> profilesBlocks;
  private final Lazy<DeleteRequests> logsDeletions;

  StorageWiring(FoursightConfig config, ComponentContext context) {
    objects =
        new Lazy<>(() -> ObjectStores.open(config.storage(), Signal.METRICS, context.meters()));
    logsObjects =
        new Lazy<>(() -> ObjectStores.open(config.storage(), Signal.LOGS, context.meters()));
    tracesObjects =
        new Lazy<>(() -> ObjectStores.open(config.storage(), Signal.TRACES, context.meters()));
    profilesObjects =
        new Lazy<>(() -> ObjectStores.open(config.storage(), Signal.PROFILES, context.meters()));
    pages = new Lazy<>(() -> PageCache.open(config.storage().cache(), context.meters()));
    metricsBlocks =
        new Lazy<>(() -> new ObjectBlockStore(objects.get(), context.clock(), pages.get()));
    logsBlocks =
        new Lazy<>(() -> new ObjectBlockStore(logsObjects.get(), context.clock(), pages.get()));
    tracesBlocks =
        new Lazy<>(() -> new ObjectBlockStore(tracesObjects.get(), context.clock(), pages.get()));
    profilesBlocks =
        new Lazy<>(() -> new ObjectBlockStore(profilesObjects.get(), context.clock(), pages.get()));
    logsDeletions =
        new Lazy<>(
            () -> new DeleteRequests(logsObjects.get(), context.clock(), new SecureRandom()));
  }

  ObjectBlockStore metricsBlocks() {
    return metricsBlocks.get();
  }

  ObjectBlockStore logsBlocks() {
    return logsBlocks.get();
  }

  ObjectBlockStore tracesBlocks() {
    return tracesBlocks.get();
  }

  ObjectBlockStore profilesBlocks() {
    return profilesBlocks.get();
  }

  /// Where profiles lie, and what their tenants keep beside them.
  ObjectStore profilesObjects() {
    return profilesObjects.get();
  }

  /// Delete requests for logs: the compactor carries them out, the querier hides what they name.
  DeleteRequests logsDeletions() {
    return logsDeletions.get();
  }

  /// For the compactors of a cluster.
  ///
  /// @param holder names this life of this process
  BlockLeases leases(Signal signal, String holder) {
    ObjectStore place =
        switch (signal) {
          case METRICS -> objects.get();
          case LOGS -> logsObjects.get();
          case TRACES -> tracesObjects.get();
          case PROFILES -> profilesObjects.get();
        };
    return new BlockLeases(place, holder, LEASE, System::nanoTime);
  }

  Module module() {
    return new Module(
        "storage",
        Set.of(),
        () ->
            new Opened(
                List.of(
                    objects.get(), logsObjects.get(), tracesObjects.get(), profilesObjects.get()),
                pages.get()));
  }

  private record Opened(List<ObjectStore> stores, PageCache pages) implements Service {
    @Override
    public void start() {}

    @Override
    public void stop(Deadline deadline) {
      pages.close();
      stores.forEach(ObjectStore::close);
    }
  }
}
