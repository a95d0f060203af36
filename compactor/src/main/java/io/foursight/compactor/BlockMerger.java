package io.foursight.compactor;

import io.foursight.model.TenantId;
import io.foursight.storage.block.BlockMeta;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Merges blocks of one signal.
@FunctionalInterface
public interface BlockMerger {
  /// One block to merge: its meta and the directory that holds its files.
  record Input(BlockMeta meta, Path directory) {}

  /// What the merged block is to be called.
  record Output(
      Path directory,
      String blockId,
      int level,
      List<String> sources,
      List<String> parents,
      long createdMillis) {}

  /// Streams the inputs into a new block; holds about one series of each input.
  ///
  /// @param inputs oldest data first: where two disagree, the later wins
  /// @param cancelled asked between series
  /// @throws io.foursight.model.FoursightException `CORRUPT` for a damaged input, `CANCELED`,
  ///   `UNAVAILABLE` when the output cannot be written
  BlockMeta merge(List<Input> inputs, Output output, BooleanSupplier cancelled);

  /// As [#merge(List, Output, BooleanSupplier)], for mergers to whom the tenant matters. When
  /// nothing is left, the answer's time range is empty.
  default BlockMeta merge(
      TenantId tenant, List<Input> inputs, Output output, BooleanSupplier cancelled) {
    return merge(inputs, output, cancelled);
  }
}
