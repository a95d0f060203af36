package io.foursight.storegateway.logs;

import io.foursight.model.TenantId;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockStore;
import io.foursight.storage.object.ObjectRangedReader;
import io.foursight.storage.object.ObjectStore;
import io.foursight.storage.object.RangedReader;

/// Opens a file of a block for ranged reads. Implementations may cache.
@FunctionalInterface
public interface BlockFiles {
  RangedReader open(TenantId tenant, BlockMeta block, BlockMeta.File file);

  /// Straight from the object store.
  static BlockFiles direct(ObjectStore store, BlockStore blocks) {
    return (tenant, block, file) ->
        new ObjectRangedReader(
            store, blocks.key(tenant, block.id(), file.name()), file.sizeBytes());
  }
}
