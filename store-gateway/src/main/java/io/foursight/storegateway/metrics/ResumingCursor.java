package io.foursight.storegateway.metrics;

import io.foursight.model.Labels;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.storegateway.BlockFailure;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// A cursor that survives a block disappearing under it: it opens the selection again over the new
/// list of blocks (which hold the same samples) and goes on behind the last series it gave.
final class ResumingCursor implements SeriesCursor {
  private final Supplier<SeriesCursor> open;
  private final Consumer<BlockFailure> recover;
  private SeriesCursor cursor;
  private Labels position;

  /// @param recover makes another try worthwhile, or throws
  ResumingCursor(Supplier<SeriesCursor> open, Consumer<BlockFailure> recover) {
    this.open = open;
    this.recover = recover;
    this.cursor = open.get();
  }

  @Override
  public boolean next() {
    while (true) {
      try {
        while (cursor.next()) {
          Labels labels = cursor.labels();
          if (position == null || labels.compareTo(position) > 0) {
            position = labels;
            return true;
          }
        }
        return false;
      } catch (BlockFailure e) {
        reopen(e);
      }
    }
  }

  @Override
  public Labels labels() {
    return position;
  }

  @Override
  public void samples(SampleColumns into) {
    while (true) {
      try {
        if (cursor.labels().equals(position)) {
          cursor.samples(into);
        } else {
          into.clear();
        }
        return;
      } catch (BlockFailure e) {
        reopenAtPosition(e);
      }
    }
  }

  /// Goes to the series at the position, or to where it would be.
  private void reopenAtPosition(BlockFailure failure) {
    BlockFailure cause = failure;
    while (true) {
      reopen(cause);
      try {
        while (cursor.next()) {
          int order = cursor.labels().compareTo(position);
          if (order == 0) {
            return;
          }
          if (order > 0) {
            break;
          }
        }
        // Gone from the new list, and possibly one series too far: start over, at its place.
        reopenBefore();
        return;
      } catch (BlockFailure e) {
        cause = e;
      }
    }
  }

  /// [#next()] skips what is not behind the position, so the beginning is always a right place.
  private void reopenBefore() {
    cursor.close();
    cursor = new Fresh(open.get());
  }

  private void reopen(BlockFailure failure) {
    cursor.close();
    recover.accept(failure);
    cursor = open.get();
  }

  @Override
  public void close() {
    cursor.close();
  }

  /// A cursor whose labels may be asked before the first series.
  private static final class Fresh implements SeriesCursor {
    private final SeriesCursor cursor;
    private boolean begun;

    Fresh(SeriesCursor cursor) {
      this.cursor = cursor;
    }

    @Override
    public boolean next() {
      begun = true;
      return cursor.next();
    }

    @Override
    public Labels labels() {
      return begun ? cursor.labels() : Labels.EMPTY;
    }

    @Override
    public void samples(SampleColumns into) {
      cursor.samples(into);
    }

    @Override
    public void close() {
      cursor.close();
    }
  }
}
