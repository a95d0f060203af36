package io.foursight.compactor;

import io.foursight.model.TenantId;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockOrder;
import io.foursight.storage.block.Ulids;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Chooses what to merge next. Pure.
///
/// A block belongs to the smallest configured range that has an aligned place holding all of it.
/// The ranges are gone through from small to large:
///
/// - In the smallest, all blocks of a place are merged when the place's time is over (or they are
///   many), and the newest of them has been there for the first-level wait.
/// - In a larger one, all blocks inside a place, whichever smaller range they belong to, are merged
///   when its time is over and nothing smaller inside it is left to do. If a block already fills
///   the place, only late blocks have come; they gather for the late wait, so that a trickle of old
///   samples does not rewrite a day again and again.
///
/// Overlapping blocks therefore end in one block. Blocks wider than the largest range stay as they
/// are.
final class CompactionPlanner implements BlockPlanner {
  private final CompactorConfig config;

  CompactionPlanner(CompactorConfig config) {
    this.config = config;
  }

  @Override
  public Optional<List<BlockMeta>> next(TenantId tenant, List<BlockMeta> blocks, long nowMillis) {
    return next(blocks, nowMillis);
  }

  /// @param blocks visible and not marked for deletion
  /// @return blocks to merge into one, oldest data first; empty when there is nothing to do
  Optional<List<BlockMeta>> next(List<BlockMeta> blocks, long nowMillis) {
    for (int range = 0; range < config.blockRanges().size(); range++) {
      for (List<BlockMeta> group : groups(blocks, range).values()) {
        if (group.size() > 1 && isDue(group, range, nowMillis)) {
          List<BlockMeta> job = new ArrayList<>(group);
          job.sort(Comparator.comparingLong(BlockMeta::sizeBytes).thenComparing(BlockMeta::id));
          job = new ArrayList<>(job.subList(0, Math.min(job.size(), config.maxBlocksPerJob())));
          job.sort(BlockOrder.OLDEST_FIRST);
          return Optional.of(List.copyOf(job));
        }
      }
    }
    return Optional.empty();
  }

  /// Blocks by the number of the aligned place of this range that holds all of them.
  private TreeMap<Long, List<BlockMeta>> groups(List<BlockMeta> blocks, int range) {
    long length = config.blockRanges().get(range).toMillis();
    var groups = new TreeMap<Long, List<BlockMeta>>();
    for (BlockMeta block : blocks) {
      long place = Math.floorDiv(block.minTimeMillis(), length);
      if (place == Math.floorDiv(block.maxTimeMillis(), length)) {
        groups.computeIfAbsent(place, p -> new ArrayList<>()).add(block);
      }
    }
    return groups;
  }

  private boolean isDue(List<BlockMeta> group, int range, long now) {
    long length = config.blockRanges().get(range).toMillis();
    long end = (Math.floorDiv(group.getFirst().minTimeMillis(), length) + 1) * length;
    long wait = config.firstLevelCompactionWait().toMillis();
    long newest = group.stream().mapToLong(BlockMeta::createdMillis).max().orElse(0);
    if (range == 0) {
      boolean over = now >= end + wait;
      return (over || group.size() >= config.maxBlocksPerJob() / 4 + 1) && now - newest >= wait;
    }
    if (now < end + wait) {
      return false;
    }
    Duration smaller = config.blockRanges().get(range - 1);
    List<BlockMeta> late =
        group.stream().filter(b -> !fills(b, smaller) && b.level() <= range).toList();
    boolean merged = group.stream().anyMatch(b -> fills(b, smaller));
    if (!merged || late.isEmpty()) {
      return true;
    }
    long oldest = late.stream().mapToLong(CompactionPlanner::cutMillis).min().orElse(0);
    return now - oldest >= config.lateBlockWait().toMillis();
  }

  /// When the first of a block's sources was cut: merges among late blocks must not put off the one
  /// that they wait for.
  private static long cutMillis(BlockMeta block) {
    return block.sources().stream()
        .filter(Ulids::isUlid)
        .mapToLong(Ulids::millis)
        .min()
        .orElse(block.createdMillis());
  }

  /// Whether a block is too long for the range below, so that it is the product of a merge in this
  /// one.
  private static boolean fills(BlockMeta block, Duration smaller) {
    long length = smaller.toMillis();
    return Math.floorDiv(block.minTimeMillis(), length)
        != Math.floorDiv(block.maxTimeMillis(), length);
  }
}
