package io.foursight.compactor;

import io.foursight.model.TenantId;
import io.foursight.storage.block.BlockMeta;
import java.util.List;
import java.util.Optional;

/// Chooses what to merge next.
@FunctionalInterface
public interface BlockPlanner {
  /// @param blocks of the tenant, visible and not marked for deletion
  /// @return blocks to merge into one, or one to be written anew, oldest data first; empty when
  ///   there is nothing to do
  Optional<List<BlockMeta>> next(TenantId tenant, List<BlockMeta> blocks, long nowMillis);
}
