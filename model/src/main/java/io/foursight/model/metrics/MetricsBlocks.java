package io.foursight.model.metrics;

import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import java.util.List;

/// Historic metrics block by block: what a store-gateway can do for a querier that spreads one
/// selection over several of them. Every store-gateway can read every block. Safe from any thread.
public interface MetricsBlocks {
  /// Ids of the blocks that together hold everything historic of the tenant inside the range, the
  /// oldest first.
  ///
  /// @param fresh read the list of blocks again, whatever its age
  List<String> plan(TenantId tenant, TimeRange range, boolean fresh);

  /// Reads exactly these blocks. Its calls throw `NOT_FOUND` when one of them is not there any more
  /// (merged or deleted): then a fresh plan helps.
  ///
  /// @param blocks empty = all of the tenant
  MetricsSource only(List<String> blocks);
}
