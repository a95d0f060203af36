package io.foursight.storegateway.logs;

import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.logs.block.v1.LogsBlockCache;
import io.foursight.storage.logs.block.v1.LogsBlockReader;

/// One visible block and its reader, opened when first needed and closed when the block has left
/// the list **and** the last of its users has let go. Safe from any thread.
final class OpenBlock {
  private final TenantId tenant;
  private final BlockMeta meta;
  private final BlockFiles files;
  private final LogsBlockCache cache;
  private LogsBlockReader reader;
  private int users;
  private boolean retired;

  OpenBlock(TenantId tenant, BlockMeta meta, BlockFiles files, LogsBlockCache cache) {
    this.tenant = tenant;
    this.meta = meta;
    this.files = files;
    this.cache = cache;
  }

  BlockMeta meta() {
    return meta;
  }

  /// The reader, until [#release()].
  synchronized LogsBlockReader acquire() {
    if (reader == null) {
      reader =
          LogsBlockReader.open(
              meta,
              name ->
                  files.open(
                      tenant,
                      meta,
                      meta.files().stream()
                          .filter(f -> f.name().equals(name))
                          .findFirst()
                          .orElseThrow(
                              () -> FoursightException.corrupt("meta.json lists no file " + name))),
              cache);
    }
    users++;
    return reader;
  }

  synchronized void release() {
    users--;
    closeIfIdle();
  }

  /// The block is no longer in the list.
  synchronized void retire() {
    retired = true;
    closeIfIdle();
  }

  private void closeIfIdle() {
    if (retired && users == 0 && reader != null) {
      reader.close();
      reader = null;
    }
  }
}
