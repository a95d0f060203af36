package io.foursight.storegateway.traces;

import io.foursight.model.TenantId;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.TracesCursor;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesStats;
import io.foursight.storage.traces.block.v1.TracesBlockReader;
import io.foursight.storegateway.BlockFailure;
import io.foursight.storegateway.OpenBlock;
import java.util.function.Predicate;

/// The spans of one block. Names the block in failures; a block that may be skipped ends quietly.
/// Owned by one thread.
final class BlockCursor implements TracesCursor {
  private final OpenBlock<TracesBlockReader> block;
  private final TenantId tenant;
  private final TracesSelect select;
  private final Predicate<BlockFailure> skips;
  private TracesCursor cursor = TracesCursor.empty();
  private boolean acquired;
  private boolean ended;

  /// @param skips whether to go on without the block after a failure
  BlockCursor(
      OpenBlock<TracesBlockReader> block, TracesSelect select, Predicate<BlockFailure> skips) {
    this.block = block;
    this.tenant = select.tenant();
    this.select = select;
    this.skips = skips;
  }

  @Override
  public boolean next() {
    if (ended) {
      return false;
    }
    try {
      boolean more = BlockFailure.naming(tenant, block.meta().id(), () -> opened().next());
      ended = !more;
      return more;
    } catch (BlockFailure e) {
      if (!skips.test(e)) {
        throw e;
      }
      ended = true;
      return false;
    }
  }

  private TracesCursor opened() {
    if (!acquired) {
      TracesBlockReader reader = block.acquire();
      acquired = true;
      cursor = reader.select(select);
    }
    return cursor;
  }

  @Override
  public SpanPage page() {
    return cursor.page();
  }

  @Override
  public TracesStats scanned() {
    return cursor.scanned();
  }

  @Override
  public void close() {
    ended = true;
    try {
      cursor.close();
    } finally {
      if (acquired) {
        acquired = false;
        block.release();
      }
    }
  }
}
