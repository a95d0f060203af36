package io.foursight.storegateway.logs;

import io.foursight.model.TenantId;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.NanoSpan;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.logs.block.v1.LogsBlockReader;
import io.foursight.storegateway.BlockFailure;
import io.foursight.storegateway.OpenBlock;
import java.util.function.Predicate;

/// The entries of one block. The block is opened when its first page is asked for: a reader that
/// has enough before it comes to this block's times never touches it. Names the block in failures;
/// a block that may be skipped ends quietly. Owned by one thread.
final class BlockCursor implements LogsCursor {
  private final OpenBlock<LogsBlockReader> block;
  private final TenantId tenant;
  private final LogsSelect select;
  private final Predicate<BlockFailure> skips;
  private LogsCursor cursor;
  private boolean acquired;
  private boolean ended;

  /// @param skips whether to go on without the block after a failure
  BlockCursor(OpenBlock<LogsBlockReader> block, LogsSelect select, Predicate<BlockFailure> skips) {
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

  private LogsCursor opened() {
    if (cursor == null) {
      LogsBlockReader reader = block.acquire();
      acquired = true;
      cursor = reader.select(select);
    }
    return cursor;
  }

  @Override
  public LogsPage page() {
    return cursor.page();
  }

  @Override
  public long bound() {
    boolean backward = select.direction() == Direction.BACKWARD;
    if (ended) {
      return backward ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    if (cursor != null) {
      return cursor.bound();
    }
    return backward
        ? Math.min(select.endNanos() - 1, nanos(block.meta().maxTimeMillis(), 999_999))
        : Math.max(select.startNanos(), nanos(block.meta().minTimeMillis(), 0));
  }

  static long nanos(long millis, long more) {
    if (millis >= Long.MAX_VALUE / 1_000_000) {
      return Long.MAX_VALUE;
    }
    return millis <= Long.MIN_VALUE / 1_000_000 ? Long.MIN_VALUE : millis * 1_000_000 + more;
  }

  @Override
  public boolean mayRepeat() {
    return false;
  }

  @Override
  public NanoSpan extent() {
    return extent(block.meta());
  }

  /// The times that a block covers.
  static NanoSpan extent(BlockMeta meta) {
    return new NanoSpan(nanos(meta.minTimeMillis(), 0), nanos(meta.maxTimeMillis(), 999_999));
  }

  @Override
  public LogsStats scanned() {
    return cursor == null ? LogsStats.NONE : cursor.scanned();
  }

  @Override
  public void close() {
    ended = true;
    try {
      if (cursor != null) {
        cursor.close();
      }
    } finally {
      if (acquired) {
        acquired = false;
        block.release();
      }
    }
  }
}
