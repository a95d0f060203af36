package io.foursight.storage.block;

import java.util.Comparator;

/// Which block's sample wins where two blocks disagree about a timestamp.
public final class BlockOrder {
  /// By the newest of the blocks that an ingester cut and that a block holds; merges that pass the
  /// blocks in this order, the later winning, agree with each other.
  public static final Comparator<BlockMeta> OLDEST_FIRST =
      Comparator.comparing(BlockOrder::newestSource).thenComparing(BlockMeta::id);

  private BlockOrder() {}

  private static String newestSource(BlockMeta meta) {
    return meta.sources().stream().max(Comparator.naturalOrder()).orElse(meta.id());
  }
}
