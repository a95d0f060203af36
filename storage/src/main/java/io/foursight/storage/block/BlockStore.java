package io.foursight.storage.block;

import io.foursight.model.TenantId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The blocks of one signal in the object store: `<tenant>/<block id>/{files..., meta.json}`, their
/// deletion marks and the block list. Every write is done in an order that leaves a crash harmless.
/// Safe from any thread; calls block and throw what the object store throws.
public interface BlockStore {
  /// A block and, when it is on its way out, when it was marked.
  record Entry(BlockMeta meta, long deletionMarkedMillis) {
    public boolean markedForDeletion() {
      return deletionMarkedMillis > 0;
    }
  }

  Set<TenantId> tenants();

  /// Every visible block (whose `meta.json` is there) of a tenant, marked ones included: from the
  /// compactor's block list object plus what a listing shows to be newer. Blocks replaced by a
  /// visible merged block that names them as parents are left out as soon as the merged one is
  /// seen.
  List<Entry> blocks(TenantId tenant);

  /// The blocks that the last [#blocks] of the tenant left out because their `meta.json` is corrupt
  /// or of a newer version: they hold data of unknown times.
  default List<String> unreadable(TenantId tenant) {
    return List.of();
  }

  /// How many those are over all tenants.
  default long unreadableBlocks() {
    return 0;
  }

  /// Uploads the files of a finished local block directory, `meta.json` last.
  void upload(TenantId tenant, BlockMeta meta, Path directory);

  Optional<BlockMeta> meta(TenantId tenant, String blockId);

  /// Marks a block for deletion after the delay; idempotent.
  void markForDeletion(TenantId tenant, String blockId, String reason);

  /// Removes a block's objects, `meta.json` first, so that it is never visible in part.
  void delete(TenantId tenant, String blockId);

  /// Key of a file of a block, for ranged reads.
  String key(TenantId tenant, String blockId, String file);
}
