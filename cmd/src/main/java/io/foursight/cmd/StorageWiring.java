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
  /// Pages of blocks that are kept in memory, at most an eighth of the heap.
  private static final long PAGE_CACHE_BYTES =
      Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 8);

  private final Lazy<ObjectStore> objects;
  private final Lazy<ObjectBlockStore> metricsBlocks;

  StorageWiring(FoursightConfig config, ComponentContext context) {
    objects =
        new Lazy<>(() -> ObjectStores.open(config.storage(), Signal.METRICS, context.meters()));
    metricsBlocks =
        new Lazy<>(() ->
            new ObjectBlockStore(
                objects.get(), context.clock(), new PageCache(PAGE_CACHE_BYTES, context.meters())));
  }

  ObjectBlockStore metricsBlocks() {
    return metricsBlocks.get();
  }

  Module module() {
    return new Module("storage", Set.of(), () -> new Opened(objects.get()));
  }

  private record Opened(ObjectStore store) implements Service {
    @Override
    public void start() {}

    @Override
    public void stop(Deadline deadline) {
      store.close();
    }
  }
}
