package io.foursight.storegateway.metrics;

import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;

/// A cursor over one block that keeps the block's reader open and names the block in failures.
final class BlockCursor implements SeriesCursor {
  private final SeriesCursor cursor;
  private final TenantId tenant;
  private final OpenBlock block;
  private boolean closed;

  BlockCursor(SeriesCursor cursor, TenantId tenant, OpenBlock block) {
    this.cursor = cursor;
    this.tenant = tenant;
    this.block = block;
  }

  @Override
  public boolean next() {
    return BlockFailure.naming(tenant, block.meta().id(), cursor::next);
  }

  @Override
  public Labels labels() {
    return cursor.labels();
  }

  @Override
  public void samples(SampleColumns into) {
    BlockFailure.naming(
        tenant,
        block.meta().id(),
        () -> {
          cursor.samples(into);
          return into;
        });
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      try {
        cursor.close();
      } finally {
        block.release();
      }
    }
  }
}
