package io.foursight.cmd;

import io.foursight.model.Deadline;
import io.foursight.model.Signal;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import io.foursight.runtime.Service;
import io.foursight.storage.block.ObjectBlockStore;
import io.foursight.storage.block.PageCache;
import io.foursight.storage.object.ObjectStore;
import io.foursight.storage.object.ObjectStores;
import java.util.Set;

/// The object store of metrics and the blocks in it, shared by everything that touches them.
final class StorageWiring {
  private final Lazy<ObjectStore> objects;
  private final Lazy<PageCache> pages;
  private final Lazy<ObjectBlockStore> metricsBlocks;

  StorageWiring(FoursightConfig config, ComponentContext context) {
    objects =
        new Lazy<>(() -> ObjectStores.open(config.storage(), Signal.METRICS, context.meters()));
    pages = new Lazy<>(() -> PageCache.open(config.storage().cache(), context.meters()));
    metricsBlocks =
        new Lazy<>(() -> new ObjectBlockStore(objects.get(), context.clock(), pages.get()));
  }

  ObjectBlockStore metricsBlocks() {
    return metricsBlocks.get();
  }

  Module module() {
    return new Module("storage", Set.of(), () -> new Opened(objects.get(), pages.get()));
  }

  private record Opened(ObjectStore store, PageCache pages) implements Service {
    @Override
    public void start() {}

    @Override
    public void stop(Deadline deadline) {
      pages.close();
      store.close();
    }
  }
}
