package io.foursight.compactor;

import io.foursight.model.TenantId;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/// Chooses blocks to merge, whatever their length: those of one day (others, wider ones, among
/// themselves), by size. Blocks of about the same size are merged when there are [#FAN_IN] of them,
/// so that each item is written a few times only; when the day is over and no block has come for a
/// while, what is small is merged whatever its size. A merge takes no more than a bound. Before any
/// merge comes the rewriting of blocks that hold what must go.
public final class SizePlanner implements BlockPlanner {
  static final int FAN_IN = 4;
  private static final long DAY = 86_400_000;
  private static final long SMALLEST_CLASS = 1 << 20;

  private final CompactorConfig config;
  private final long targetBytes;
  private final BiPredicate<TenantId, BlockMeta> needsRewrite;

  /// @param targetBytes stored bytes of a merged block at most
  /// @param needsRewrite blocks that hold what must go
  public SizePlanner(
      CompactorConfig config, long targetBytes, BiPredicate<TenantId, BlockMeta> needsRewrite) {
    this.config = config;
    this.targetBytes = targetBytes;
    this.needsRewrite = needsRewrite;
  }

  @Override
  public Optional<List<BlockMeta>> next(TenantId tenant, List<BlockMeta> blocks, long now) {
    for (BlockMeta block : blocks) {
      if (needsRewrite.test(tenant, block)) {
        return Optional.of(List.of(block));
      }
    }
    for (List<BlockMeta> group : groups(blocks).values()) {
      List<BlockMeta> job = job(group, now);
      if (job.size() > 1) {
        job.sort(BlockOrder.OLDEST_FIRST);
        return Optional.of(List.copyOf(job));
      }
    }
    return Optional.empty();
  }

  /// By the day that holds all of a block; wider ones under the smallest number.
  private static TreeMap<Long, List<BlockMeta>> groups(List<BlockMeta> blocks) {
    var groups = new TreeMap<Long, List<BlockMeta>>();
    for (BlockMeta block : blocks) {
      long day = Math.floorDiv(block.minTimeMillis(), DAY);
      boolean inside = day == Math.floorDiv(block.maxTimeMillis(), DAY);
      groups.computeIfAbsent(inside ? day : Long.MIN_VALUE, d -> new ArrayList<>()).add(block);
    }
    return groups;
  }

  private List<BlockMeta> job(List<BlockMeta> group, long now) {
    long newest = group.stream().mapToLong(BlockMeta::createdMillis).max().orElse(0);
    long wait = config.firstLevelCompactionWait().toMillis();
    var small = new ArrayList<BlockMeta>();
    for (BlockMeta block : group) {
      if (block.sizeBytes() < targetBytes / 2 && now - block.createdMillis() >= wait) {
        small.add(block);
      }
    }
    small.sort(Comparator.comparingLong(BlockMeta::sizeBytes).thenComparing(BlockMeta::id));
    boolean quiet = now - newest >= config.lateBlockWait().toMillis();
    for (int from = 0; from < small.size(); from++) {
      long limit = quiet ? targetBytes : 4 * sizeClass(small.get(from));
      var job = new ArrayList<BlockMeta>();
      long bytes = 0;
      for (BlockMeta block : small.subList(from, small.size())) {
        if (block.sizeBytes() > limit
            || bytes + block.sizeBytes() > targetBytes
            || job.size() == config.maxBlocksPerJob()) {
          break;
        }
        job.add(block);
        bytes += block.sizeBytes();
      }
      if (job.size() >= (quiet ? 2 : FAN_IN)) {
        return job;
      }
    }
    return new ArrayList<>();
  }

  private static long sizeClass(BlockMeta block) {
    return Math.max(SMALLEST_CLASS, block.sizeBytes());
  }
}
