package io.foursight.storegateway.logs;

import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockStore;
import io.foursight.storage.logs.block.v1.LogsBlockCache;
import io.foursight.storage.logs.block.v1.LogsBlockFormat;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// Which blocks each tenant has, as last seen in the object store: an immutable snapshot a tenant,
/// replaced whole. A block is left out when another visible one names it as a parent, since that
/// one holds all its entries. Safe from any thread; reading a tenant for the first time and
/// refreshing block on the object store.
final class BlockIndex {
  /// @param blocks in the order in which they were made: the order says nothing
  /// @param covered ids of blocks that answers come from, be it through a merged block
  /// @param readNanos when the reading of this list began
  record Snapshot(List<OpenBlock> blocks, Set<String> covered, long readNanos) {
    List<OpenBlock> named(Set<String> ids) {
      return blocks.stream().filter(b -> ids.contains(b.meta().id())).toList();
    }

    List<OpenBlock> overlapping(TimeRange range) {
      return blocks.stream().filter(b -> b.meta().timeRange().overlaps(range)).toList();
    }
  }

  private final BlockStore store;
  private final BlockFiles files;
  private final LogsBlockCache cache;
  private final Map<TenantId, Snapshot> tenants = new ConcurrentHashMap<>();
  private final Map<TenantId, Object> refreshing = new ConcurrentHashMap<>();

  BlockIndex(BlockStore store, BlockFiles files, LogsBlockCache cache) {
    this.store = store;
    this.files = files;
    this.cache = cache;
  }

  /// What is known of the tenant; read from the store if nothing is.
  Snapshot of(TenantId tenant) {
    Snapshot known = tenants.get(tenant);
    return known != null ? known : refresh(tenant);
  }

  /// As [#of(TenantId)], but not from a list that is older than this.
  Snapshot of(TenantId tenant, Duration maxAge) {
    Snapshot known = of(tenant);
    return System.nanoTime() - known.readNanos > maxAge.toNanos() ? refresh(tenant) : known;
  }

  /// Reads the tenant's list again.
  Snapshot refresh(TenantId tenant) {
    // One refresh of a tenant at a time: a slower, older listing must not overwrite a newer one.
    synchronized (refreshing.computeIfAbsent(tenant, t -> new Object())) {
      long began = System.nanoTime();
      Map<String, BlockMeta> visible = new TreeMap<>();
      Set<String> parents = new HashSet<>();
      for (BlockStore.Entry entry : store.blocks(tenant)) {
        BlockMeta meta = entry.meta();
        if (!meta.format().equals(LogsBlockFormat.NAME)) {
          throw FoursightException.corrupt(
              "block "
                  + meta.id()
                  + " of tenant "
                  + tenant
                  + " has the format \""
                  + meta.format()
                  + "\", this version reads \""
                  + LogsBlockFormat.NAME
                  + "\"");
        }
        visible.put(meta.id(), meta);
        parents.addAll(meta.parents());
      }
      Set<String> covered = new HashSet<>(visible.keySet());
      covered.addAll(parents);
      visible.values().forEach(meta -> covered.addAll(meta.sources()));
      visible.keySet().removeAll(parents);
      return replace(tenant, visible, covered, began);
    }
  }

  private Snapshot replace(
      TenantId tenant, Map<String, BlockMeta> visible, Set<String> covered, long began) {
    Snapshot before = tenants.getOrDefault(tenant, new Snapshot(List.of(), Set.of(), began));
    Map<String, OpenBlock> kept = new TreeMap<>();
    before.blocks.forEach(b -> kept.put(b.meta().id(), b));
    List<OpenBlock> blocks =
        visible.values().stream()
            .map(meta -> {
              OpenBlock open = kept.remove(meta.id());
              return open != null ? open : new OpenBlock(tenant, meta, files, cache);
            })
            .sorted(
                Comparator.comparingLong((OpenBlock b) -> b.meta().createdMillis())
                    .thenComparing(b -> b.meta().id()))
            .toList();
    var after = new Snapshot(blocks, Set.copyOf(covered), began);
    tenants.put(tenant, after);
    kept.values().forEach(OpenBlock::retire);
    return after;
  }

  /// Reads every tenant's list again and forgets tenants that the store does not know.
  void refreshAll() {
    Set<TenantId> stored = store.tenants();
    FoursightException failure = null;
    for (TenantId tenant : stored) {
      try {
        refresh(tenant);
      } catch (FoursightException e) {
        failure = e;
      }
    }
    for (TenantId tenant : List.copyOf(tenants.keySet())) {
      if (!stored.contains(tenant)) {
        Snapshot gone = tenants.remove(tenant);
        refreshing.remove(tenant);
        if (gone != null) {
          gone.blocks.forEach(OpenBlock::retire);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  long blockCount() {
    return tenants.values().stream().mapToLong(s -> s.blocks.size()).sum();
  }

  void close() {
    tenants.values().forEach(s -> s.blocks.forEach(OpenBlock::retire));
    tenants.clear();
  }
}
