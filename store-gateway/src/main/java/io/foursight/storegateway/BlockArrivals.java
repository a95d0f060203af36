package io.foursight.storegateway;

import io.foursight.model.RangeVersions;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.storage.block.BlockMeta;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Tells blocks that bring new data (imported ones, or those of somebody else's ingesters) from
/// those that hold what could be read before: flushed heads, whose ingester asks whether they are
/// served, and merged blocks. A flushed block that a listing shows before its ingester asks counts
/// as new, which costs a cache some results and is never wrong. Safe from any thread.
public final class BlockArrivals {
  /// Of flushed blocks that wait to be listed; beyond it the oldest knowledge is not worth keeping.
  private static final int MAX_ANNOUNCED = 10_000;

  private final Map<TenantId, RangeVersions> versions = new ConcurrentHashMap<>();
  private final Set<String> announced = ConcurrentHashMap.newKeySet();

  /// An ingester has flushed this block.
  void announce(String blockId) {
    if (announced.size() >= MAX_ANNOUNCED) {
      announced.clear();
    }
    announced.add(blockId);
  }

  /// A newer list of the tenant's blocks can be read from.
  ///
  /// @param covered ids of blocks that answers came from before, be it through merged ones
  void listed(TenantId tenant, Collection<BlockMeta> blocks, Set<String> covered) {
    for (BlockMeta meta : blocks) {
      boolean before =
          covered.contains(meta.id())
              || (!meta.sources().isEmpty()
                  && meta.sources().stream()
                      .allMatch(s -> covered.contains(s) || announced.contains(s)));
      if (!before) {
        versions.computeIfAbsent(tenant, t -> new RangeVersions()).changed(meta.timeRange());
      }
    }
    blocks.forEach(meta -> meta.sources().forEach(announced::remove));
  }

  public long version(TenantId tenant, TimeRange range) {
    RangeVersions own = versions.get(tenant);
    return own == null ? 0 : own.version(range);
  }
}
