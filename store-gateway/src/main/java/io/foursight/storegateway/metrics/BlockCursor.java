package io.foursight.storegateway.metrics;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.storegateway.BlockFailure;
import io.foursight.storegateway.OpenBlock;

/// A cursor over one block that keeps the block's reader open and names the block in failures.
final class BlockCursor implements SeriesCursor {
  private final SeriesCursor cursor;
  private final TenantId tenant;
  private final OpenBlock<?> block;
  private boolean closed;

  BlockCursor(SeriesCursor cursor, TenantId tenant, OpenBlock<?> block) {
    this.cursor = cursor;
    this.tenant = tenant;
    this.block = block;
  }

  @Override
  public boolean next() {
    try {
      return cursor.next();
    } catch (FoursightException e) {
      throw BlockFailure.named(e, tenant, block.meta().id());
    }
  }

  @Override
  public Labels labels() {
    try {
      return cursor.labels();
    } catch (FoursightException e) {
      throw BlockFailure.named(e, tenant, block.meta().id());
    }
  }

  @Override
  public void samples(SampleColumns into) {
    try {
      cursor.samples(into);
    } catch (FoursightException e) {
      throw BlockFailure.named(e, tenant, block.meta().id());
    }
  }

  @Override
  public boolean isAscending() {
    return cursor.isAscending();
  }

  @Override
  public long sizeEstimate() {
    return cursor.sizeEstimate();
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
