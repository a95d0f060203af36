package io.foursight.storage.block;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What one look at a tenant's folder showed.
///
/// @param visible blocks that readers read, ascending by id
/// @param superseded blocks whose data a visible block holds: never read, to be deleted
/// @param partial ids of folders without `meta.json`: uploads on their way or given up, deletions
///   cut short
/// @param unreadable ids of blocks whose `meta.json` is corrupt or of a newer version: neither read
///   nor touched
/// @param marked ids that have a deletion mark, whether or not anything else of them is left
public record TenantBlocks(
    List<BlockStore.Entry> visible,
    List<BlockStore.Entry> superseded,
    List<String> partial,
    List<String> unreadable,
    Set<String> marked) {
  public TenantBlocks {
    visible = List.copyOf(visible);
    superseded = List.copyOf(superseded);
    partial = List.copyOf(partial);
    unreadable = List.copyOf(unreadable);
    marked = Set.copyOf(marked);
  }

  /// Splits the blocks that have a `meta.json`. A block is superseded by another one that names it
  /// as a parent, or that was merged, at whatever remove, from all the blocks that it was merged
  /// from. So a crash between the upload of a merged block and the marking of its parents shows no
  /// sample twice, and the deletion of an intermediate block brings none of its parents back.
  static TenantBlocks of(
      List<BlockStore.Entry> entries,
      List<String> partial,
      List<String> unreadable,
      Set<String> marked) {
    var parents = new HashSet<String>();
    var mergedBySource = new HashMap<String, List<Merged>>();
    for (BlockStore.Entry entry : entries) {
      parents.addAll(entry.meta().parents());
      if (entry.meta().level() >= 2) {
        var merged = new Merged(entry.meta(), Set.copyOf(entry.meta().sources()));
        merged.sources.forEach(
            s -> mergedBySource.computeIfAbsent(s, k -> new ArrayList<>()).add(merged));
      }
    }
    var visible = new ArrayList<BlockStore.Entry>();
    var superseded = new ArrayList<BlockStore.Entry>();
    for (BlockStore.Entry entry : entries) {
      boolean replaced =
          parents.contains(entry.meta().id())
              || (!entry.meta().sources().isEmpty()
                  && mergedBySource
                      .getOrDefault(entry.meta().sources().getFirst(), List.of())
                      .stream()
                      .anyMatch(merged -> merged.holds(entry.meta())));
      (replaced ? superseded : visible).add(entry);
    }
    return new TenantBlocks(visible, superseded, partial, unreadable, marked);
  }

  /// A block of level 2 or more with its sources as a set.
  private record Merged(BlockMeta meta, Set<String> sources) {
    /// Whether this was merged from everything that `other` was merged from. Two merges of the same
    /// blocks hold the same: the higher level, then the later one stays.
    boolean holds(BlockMeta other) {
      if (meta.id().equals(other.id()) || !sources.containsAll(other.sources())) {
        return false;
      }
      if (sources.size() > other.sources().size() || meta.level() > other.level()) {
        return true;
      }
      return meta.level() == other.level() && meta.id().compareTo(other.id()) > 0;
    }
  }
}
