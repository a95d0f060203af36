package io.foursight.compactor;

import io.foursight.config.TenantLimits;
import io.foursight.model.TenantId;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockStore.Entry;
import io.foursight.storage.block.ObjectBlockStore;
import io.foursight.storage.block.TenantBlocks;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Marks and deletes one tenant's blocks. Every step can be the last before a crash: the next round
/// goes on from what is in the store.
///
/// A block is never deleted while one that it supersedes is still there: that one would come back
/// to life.
final class BlockCleaner {
  private static final Logger log = LoggerFactory.getLogger(BlockCleaner.class);

  private final ObjectBlockStore store;
  private final CompactorConfig config;
  private final TenantLimits<CompactorLimits> limits;
  private final InstantSource clock;
  private final CompactorMetrics metrics;

  BlockCleaner(
      ObjectBlockStore store,
      CompactorConfig config,
      TenantLimits<CompactorLimits> limits,
      InstantSource clock,
      CompactorMetrics metrics) {
    this.store = store;
    this.config = config;
    this.limits = limits;
    this.clock = clock;
    this.metrics = metrics;
  }

  /// Marks what is superseded or past its retention.
  void mark(TenantId tenant) {
    TenantBlocks blocks = store.scan(tenant);
    for (Entry entry : blocks.superseded()) {
      if (!entry.markedForDeletion()) {
        mark(tenant, entry.meta(), "merged");
      }
    }
    long retention = limits.of(tenant).compactorBlocksRetentionPeriod().toMillis();
    if (retention <= 0) {
      return;
    }
    long limit = clock.millis() - retention;
    for (Entry entry : blocks.visible()) {
      if (entry.meta().maxTimeMillis() < limit && !entry.markedForDeletion()) {
        mark(tenant, entry.meta(), "past retention");
      }
    }
  }

  private void mark(TenantId tenant, BlockMeta meta, String reason) {
    store.markForDeletion(tenant, meta.id(), reason);
    metrics.marked.increment();
    log.info(
        "block marked for deletion tenant={} block={} reason=\"{}\"", tenant, meta.id(), reason);
  }

  /// Deletes what was marked long enough ago, and what failed uploads and deletions left.
  void delete(TenantId tenant) {
    long now = clock.millis();
    TenantBlocks blocks = store.scan(tenant);
    long limit = now - config.deletionDelay().toMillis();
    deleteInOrder(
        tenant,
        blocks,
        entry -> entry.markedForDeletion() && entry.deletionMarkedMillis() <= limit);
    long partialLimit = now - limits.of(tenant).compactorPartialBlockDeletionDelay().toMillis();
    for (String id : blocks.partial()) {
      boolean cutShort = blocks.marked().contains(id);
      if (cutShort || store.lastChangeMillis(tenant, id).orElse(Long.MAX_VALUE) <= partialLimit) {
        store.delete(tenant, id);
        metrics.partialDeleted.increment();
        log.info("partial block deleted tenant={} block={}", tenant, id);
      }
    }
    for (String id : orphans(blocks)) {
      store.delete(tenant, id);
    }
  }

  /// Marks of blocks of which nothing else is left.
  private static Set<String> orphans(TenantBlocks blocks) {
    var orphans = new TreeSet<>(blocks.marked());
    blocks.visible().forEach(e -> orphans.remove(e.meta().id()));
    blocks.superseded().forEach(e -> orphans.remove(e.meta().id()));
    blocks.partial().forEach(orphans::remove);
    blocks.unreadable().forEach(orphans::remove);
    return orphans;
  }

  private interface Choice {
    boolean deletes(Entry entry);
  }

  private void deleteInOrder(TenantId tenant, TenantBlocks blocks, Choice choice) {
    List<Entry> left = new ArrayList<>(blocks.superseded());
    left.addAll(blocks.visible());
    left.sort(
        Comparator.comparingInt((Entry e) -> e.meta().level()).thenComparing(e -> e.meta().id()));
    for (Entry entry : List.copyOf(left)) {
      if (choice.deletes(entry) && !holdsAnother(entry.meta(), left)) {
        store.delete(tenant, entry.meta().id());
        left.remove(entry);
        metrics.deleted.increment();
        log.info("block deleted tenant={} block={}", tenant, entry.meta().id());
      }
    }
  }

  /// Whether a block that this one supersedes is still there.
  private static boolean holdsAnother(BlockMeta meta, List<Entry> left) {
    Set<String> sources = Set.copyOf(meta.sources());
    return left.stream()
        .map(Entry::meta)
        .anyMatch(other ->
            !other.id().equals(meta.id())
                && (meta.parents().contains(other.id())
                    || (other.level() < meta.level()
                        && !other.sources().isEmpty()
                        && sources.containsAll(other.sources()))));
  }

  /// Deletes everything of a tenant that has a deletion mark, and in the end the mark.
  void deleteTenant(TenantId tenant, long markedMillis) {
    deleteInOrder(tenant, store.scan(tenant), entry -> true);
    boolean forget = clock.millis() - markedMillis >= config.tenantCleanupDelay().toMillis();
    store.deleteTenantRest(tenant, forget);
  }
}
