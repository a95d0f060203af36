package io.foursight.storegateway;

import io.foursight.model.TenantId;
import io.foursight.storage.block.BlockMeta;
import java.util.function.Function;

/// One visible block and its reader, opened when first needed and closed when the block has left
/// the list **and** the last of its users has let go. Safe from any thread.
///
/// @param <R> the signal's reader of a block
public final class OpenBlock<R> {
  /// How the signal opens and closes its blocks.
  public interface Readers<R> {
    /// @throws io.foursight.model.FoursightException `NOT_FOUND`, `CORRUPT`, `UNAVAILABLE`
    R open(TenantId tenant, BlockMeta meta);

    void close(R reader);
  }

  private final TenantId tenant;
  private final BlockMeta meta;
  private final Readers<R> readers;
  private R reader;
  private int users;
  private boolean retired;

  OpenBlock(TenantId tenant, BlockMeta meta, Readers<R> readers) {
    this.tenant = tenant;
    this.meta = meta;
    this.readers = readers;
  }

  public BlockMeta meta() {
    return meta;
  }

  /// The reader, until [#release()].
  public synchronized R acquire() {
    if (reader == null) {
      reader = readers.open(tenant, meta);
    }
    users++;
    return reader;
  }

  public synchronized void release() {
    users--;
    closeIfIdle();
  }

  /// What a reader answers that is not needed any longer afterwards.
  ///
  /// @throws BlockFailure naming the block, when it is gone or corrupt
  public <T> T ask(Function<R, T> read) {
    return BlockFailure.naming(
        tenant,
        meta.id(),
        () -> {
          R acquired = acquire();
          try {
            return read.apply(acquired);
          } finally {
            release();
          }
        });
  }

  /// The block is no longer in the list.
  synchronized void retire() {
    retired = true;
    closeIfIdle();
  }

  private void closeIfIdle() {
    if (retired && users == 0 && reader != null) {
      readers.close(reader);
      reader = null;
    }
  }
}
