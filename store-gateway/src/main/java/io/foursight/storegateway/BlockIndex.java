package io.foursight.storegateway;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockStore;
import io.foursight.storage.block.Ulids;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which blocks each tenant has, as last seen in the object store: an immutable snapshot a tenant,
/// replaced whole. A block is left out when another visible one names it as a parent, since that
/// one holds all its items. Safe from any thread; reading a tenant for the first time and
/// refreshing block on the object store.
///
/// @param <R> the signal's reader of a block
public final class BlockIndex<R> {
  private static final Logger LOG = LoggerFactory.getLogger(BlockIndex.class);

  /// @param blocks in the order in which they were made: where values differ, later ones win
  /// @param covered ids of blocks that answers come from, be it through a merged block
  /// @param missing blocks that are there, hold data and cannot be read
  /// @param readNanos when the reading of this list began
  public record Snapshot<R>(
      List<OpenBlock<R>> blocks, Set<String> covered, List<Missing> missing, long readNanos) {
    public List<OpenBlock<R>> named(Set<String> ids) {
      return blocks.stream().filter(b -> ids.contains(b.meta().id())).toList();
    }

    /// @throws FoursightException `CORRUPT` when a block that may hold data of the range cannot be
    ///   read: an answer without it would look like a right one
    public List<OpenBlock<R>> overlapping(TimeRange range) {
      for (Missing block : missing) {
        if (block.range.overlaps(range)) {
          throw FoursightException.corrupt(
              "block "
                  + block.id
                  + " may hold data of "
                  + range
                  + " and cannot be read: "
                  + block.why
                  + "; restore or delete it, or set store_gateway.skip_corrupt_blocks");
        }
      }
      return blocks.stream().filter(b -> b.meta().timeRange().overlaps(range)).toList();
    }
  }

  /// @param range where its data may lie
  public record Missing(String id, TimeRange range, String why) {
    /// How far data may lie behind the making of their block: senders' clocks go wrong by less.
    private static final long AHEAD_MILLIS = 86_400_000;

    /// Nothing is known but when it was made.
    private static Missing withoutMeta(String id) {
      long newest = Ulids.isUlid(id) ? Ulids.millis(id) + AHEAD_MILLIS : TimeRange.ALL.endMillis();
      return new Missing(
          id,
          new TimeRange(TimeRange.ALL.startMillis(), newest),
          "its meta.json is corrupt or of a newer version");
    }
  }

  private final BlockStore store;
  private final String format;
  private final OpenBlock.Readers<R> readers;
  private final BlockArrivals arrivals;
  private final boolean skipsMissing;
  private final Map<TenantId, Snapshot<R>> tenants = new ConcurrentHashMap<>();
  private final Map<TenantId, Object> refreshing = new ConcurrentHashMap<>();
  private final Map<TenantId, Long> ofOtherFormats = new ConcurrentHashMap<>();

  /// @param format of the blocks that this version reads
  /// @param skipsMissing whether answers are given without blocks that cannot be read
  BlockIndex(
      BlockStore store,
      String format,
      OpenBlock.Readers<R> readers,
      BlockArrivals arrivals,
      boolean skipsMissing) {
    this.skipsMissing = skipsMissing;
    this.store = store;
    this.format = format;
    this.readers = readers;
    this.arrivals = arrivals;
  }

  /// What is known of the tenant; read from the store if nothing is.
  public Snapshot<R> of(TenantId tenant) {
    Snapshot<R> known = tenants.get(tenant);
    return known != null ? known : refresh(tenant);
  }

  /// As [#of(TenantId)], but not from a list that is older than this.
  public Snapshot<R> of(TenantId tenant, Duration maxAge) {
    Snapshot<R> known = of(tenant);
    return System.nanoTime() - known.readNanos > maxAge.toNanos() ? refresh(tenant) : known;
  }

  /// Exactly these blocks, after another look at the list if one is not known.
  ///
  /// @throws FoursightException `NOT_FOUND` naming those that are not there (any more)
  public List<OpenBlock<R>> named(TenantId tenant, Set<String> ids) {
    List<OpenBlock<R>> found = of(tenant).named(ids);
    if (found.size() < ids.size()) {
      found = refresh(tenant).named(ids);
    }
    if (found.size() < ids.size()) {
      var missing = new TreeSet<>(ids);
      found.forEach(b -> missing.remove(b.meta().id()));
      throw new FoursightException(
          ErrorKind.NOT_FOUND,
          "blocks " + missing + " of tenant " + tenant + " are gone, merged or deleted");
    }
    return found;
  }

  /// Reads the tenant's list again.
  public Snapshot<R> refresh(TenantId tenant) {
    // One refresh of a tenant at a time: a slower, older listing must not overwrite a newer one.
    synchronized (refreshing.computeIfAbsent(tenant, t -> new Object())) {
      long began = System.nanoTime();
      var missing = new ArrayList<Missing>();
      Map<String, BlockMeta> visible = new TreeMap<>();
      Set<String> parents = new HashSet<>();
      for (BlockStore.Entry entry : store.blocks(tenant)) {
        BlockMeta meta = entry.meta();
        if (!meta.format().equals(format)) {
          missing.add(new Missing(meta.id(), meta.timeRange(), "its format is " + meta.format()));
          LOG.error(
              "block cannot be read, this version reads {}: tenant={} block={} format={}",
              format,
              tenant,
              meta.id(),
              meta.format());
          continue;
        }
        visible.put(meta.id(), meta);
        parents.addAll(meta.parents());
      }
      Set<String> covered = new HashSet<>(visible.keySet());
      covered.addAll(parents);
      visible.values().forEach(meta -> covered.addAll(meta.sources()));
      visible.keySet().removeAll(parents);
      ofOtherFormats.put(tenant, (long) missing.size());
      store.unreadable(tenant).forEach(id -> missing.add(Missing.withoutMeta(id)));
      // What was merged into a block that can be read is not missed.
      missing.removeIf(block -> skipsMissing || covered.contains(block.id));
      return replace(tenant, visible, covered, missing, began);
    }
  }

  private Snapshot<R> replace(
      TenantId tenant,
      Map<String, BlockMeta> visible,
      Set<String> covered,
      List<Missing> missing,
      long began) {
    Snapshot<R> before =
        tenants.getOrDefault(tenant, new Snapshot<>(List.of(), Set.of(), List.of(), began));
    Map<String, OpenBlock<R>> kept = new TreeMap<>();
    before.blocks.forEach(b -> kept.put(b.meta().id(), b));
    List<OpenBlock<R>> blocks =
        visible.values().stream()
            .map(meta -> {
              OpenBlock<R> open = kept.remove(meta.id());
              return open != null ? open : new OpenBlock<>(tenant, meta, readers);
            })
            .sorted(
                Comparator.comparingLong((OpenBlock<R> b) -> b.meta().createdMillis())
                    .thenComparing(b -> b.meta().id()))
            .toList();
    var after = new Snapshot<>(blocks, Set.copyOf(covered), List.copyOf(missing), began);
    tenants.put(tenant, after);
    arrivals.listed(tenant, visible.values(), before.covered);
    kept.values().forEach(OpenBlock<R>::retire);
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
        Snapshot<R> gone = tenants.remove(tenant);
        refreshing.remove(tenant);
        ofOtherFormats.remove(tenant);
        if (gone != null) {
          gone.blocks.forEach(OpenBlock<R>::retire);
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

  /// Blocks that are there and cannot be read: a corrupt or newer `meta.json`, another format.
  long unreadableCount() {
    return store.unreadableBlocks()
        + ofOtherFormats.values().stream().mapToLong(Long::longValue).sum();
  }

  void close() {
    tenants.values().forEach(s -> s.blocks.forEach(OpenBlock<R>::retire));
    tenants.clear();
  }
}
