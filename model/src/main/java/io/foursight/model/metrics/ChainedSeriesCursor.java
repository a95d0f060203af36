package io.foursight.model.metrics;

import io.foursight.model.Labels;
import java.util.List;

/// Cursors over different series, one after the other. Owned by one thread.
final class ChainedSeriesCursor implements SeriesCursor {
  private final List<SeriesCursor> cursors;
  private int at;

  ChainedSeriesCursor(List<SeriesCursor> cursors) {
    this.cursors = List.copyOf(cursors);
  }

  @Override
  public boolean next() {
    for (; at < cursors.size(); at++) {
      if (cursors.get(at).next()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Labels labels() {
    return cursors.get(at).labels();
  }

  @Override
  public void samples(SampleColumns into) {
    cursors.get(at).samples(into);
  }

  @Override
  public boolean isAscending() {
    return false;
  }

  @Override
  public long sizeEstimate() {
    long size = 0;
    for (SeriesCursor cursor : cursors) {
      size += Math.min(cursor.sizeEstimate(), Long.MAX_VALUE - size);
    }
    return size;
  }

  @Override
  public void close() {
    MergingSeriesCursor.closeAll(cursors);
  }
}
