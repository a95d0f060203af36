package io.foursight.ingester.metrics;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.SeriesHash;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SelectHints;
import io.foursight.model.metrics.SeriesCursor;
import java.util.Arrays;

/// The selected series of one shard in label order. The shard is locked for reading only while the
/// samples of one series are decoded.
final class HeadCursor implements SeriesCursor {
  private final HeadShard shard;
  private final ShardSeries.Reader reader;
  private final int[] ids;
  private final TimeRange range;
  private final SelectHints hints;
  private final QueryBudget budget;
  private final boolean withSamples;
  private final SampleReader samples = new SampleReader();
  private long[] lastTimes = {};
  private int at = -1;
  private Labels labels = Labels.EMPTY;

  HeadCursor(
      HeadShard shard,
      ShardSeries.Reader reader,
      int[] ids,
      TimeRange range,
      SelectHints hints,
      QueryBudget budget,
      boolean withSamples) {
    this.shard = shard;
    this.reader = reader;
    this.ids = ids;
    this.range = range;
    this.hints = hints;
    this.budget = budget;
    this.withSamples = withSamples;
  }

  @Override
  public boolean next() {
    while (++at < ids.length) {
      if ((at & 0xff) == 0) {
        budget.check();
      }
      labels = reader.labels(ids[at]);
      if (hints.shardCount() == 0
          || SeriesHash.shard(labels, hints.shardCount()) == hints.shardIndex()) {
        return true;
      }
    }
    at = ids.length;
    return false;
  }

  @Override
  public Labels labels() {
    return labels;
  }

  /// Series of one scrape have equal times: their columns then share one array.
  @Override
  public void samples(SampleColumns into) {
    if (!withSamples) {
      throw new IllegalStateException("this cursor was opened without samples");
    }
    budget.check();
    long stamp = shard.lock.readLock();
    try {
      samples.read(shard, ids[at], range.startMillis(), range.endMillis(), into);
    } finally {
      shard.lock.unlockRead(stamp);
    }
    int n = into.size();
    if (n > 1 && !into.hasHistograms() && !into.hasStartTimestamps()) {
      if (n != lastTimes.length || !Arrays.equals(lastTimes, 0, n, into.timestamps(), 0, n)) {
        lastTimes = Arrays.copyOf(into.timestamps(), n);
      }
      into.shareTimestamps(lastTimes, n);
    }
  }

  @Override
  public void close() {
    at = ids.length;
  }
}
