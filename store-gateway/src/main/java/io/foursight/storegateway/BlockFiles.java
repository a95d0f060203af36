package io.foursight.storegateway;

import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockStore;
import io.foursight.storage.object.ObjectRangedReader;
import io.foursight.storage.object.ObjectStore;
import io.foursight.storage.object.RangedReader;
import java.util.function.Function;

/// Opens a file of a block for ranged reads. Implementations may cache.
@FunctionalInterface
public interface BlockFiles {
  RangedReader open(TenantId tenant, BlockMeta block, BlockMeta.File file);

  /// The files of one block by name.
  ///
  /// @throws FoursightException `CORRUPT`, from the answer, for a name that the block does not list
  default Function<String, RangedReader> of(TenantId tenant, BlockMeta block) {
    return name ->
        open(
            tenant,
            block,
            block.files().stream()
                .filter(f -> f.name().equals(name))
                .findFirst()
                .orElseThrow(() -> FoursightException.corrupt("meta.json lists no file " + name)));
  }

  /// Straight from the object store.
  static BlockFiles direct(ObjectStore store, BlockStore blocks) {
    return (tenant, block, file) ->
        new ObjectRangedReader(
            store, blocks.key(tenant, block.id(), file.name()), file.sizeBytes());
  }
}
