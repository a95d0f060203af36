package io.foursight.storage.metrics.block.v1;

import io.foursight.model.Labels;
import io.foursight.model.SeriesHash;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SelectHints.Delivery;
import io.foursight.model.metrics.SeriesCursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A stretch of the matching series of a block in [MetricsBlockFormat#SERIES_ORDER], the order in
/// which they lie in the file: nothing is sorted, each byte of values is looked at once, and labels
/// are made only when asked for. Owned by one thread.
public final class SeriesOrderCursor implements SeriesCursor {
  /// Series whose bytes are read together.
  private static final int BATCH = 1024;

  private final SeriesWalk walk;
  private final MetricsSelect select;
  private final ValueSpans values;
  private final SampleLoader loader;
  private final RankGroups groups;
  private final boolean grouped;
  private final int[] ordinals;
  private final int to;
  private final List<SeriesEntry> batch = new ArrayList<>();
  private int nextOrdinal;
  private int at = -1;
  private int current = -1;
  private boolean planned;
  private boolean closed;

  /// @param ordinals ascending; `from..to-1` are this cursor's
  SeriesOrderCursor(
      BlockIndex index,
      ExtentReader timestamps,
      ExtentReader valuesFile,
      MetricsSelect select,
      int[] ordinals,
      int from,
      int to) {
    this.walk = new SeriesWalk(index);
    this.select = select;
    this.ordinals = ordinals;
    this.nextOrdinal = from;
    this.to = to;
    values = new ValueSpans(valuesFile, select.budget());
    loader = new SampleLoader(walk, timestamps, values, select.range(), select.budget(), true);
    groups = new RankGroups(index, walk, select.hints());
    grouped = select.hints().delivery() == Delivery.GROUPED;
  }

  @Override
  public boolean next() {
    while (!closed && ++at >= batch.size()) {
      if (nextOrdinal == to) {
        close();
        return false;
      }
      fill();
    }
    if (!closed) {
      current = batch.get(at).series();
    }
    return !closed;
  }

  private void fill() {
    select.budget().check();
    values.release();
    batch.clear();
    planned = false;
    at = -1;
    int shards = select.hints().shardCount();
    while (nextOrdinal < to && batch.size() < BATCH) {
      int series = ordinals[nextOrdinal++];
      SeriesEntry entry = walk.entry(series);
      if (entry.rows() == 0
          || entry.minTime() > select.range().endMillis()
          || entry.maxTime() < select.range().startMillis()
          || shards > 0
              && SeriesHash.shard(walk.labels(series), shards) != select.hints().shardIndex()) {
        continue;
      }
      batch.add(entry);
    }
    select.budget().countSeries(batch.size());
  }

  @Override
  public Labels labels() {
    return grouped ? groups.of(current) : allLabels();
  }

  /// All labels of the current series; of the last one also after a failed [#next()].
  public Labels allLabels() {
    return walk.labels(current);
  }

  /// Labels of the first series behind this cursor's stretch; empty when there is none.
  public Optional<Labels> end() {
    return to < ordinals.length ? Optional.of(walk.labels(ordinals[to])) : Optional.empty();
  }

  @Override
  public void samples(SampleColumns into) {
    if (!planned) {
      values.plan(withLowerBuckets());
      planned = true;
    }
    loader.load(batch.get(at), into);
  }

  /// The batch and the buckets that some of it are told by, ascending.
  private List<SeriesEntry> withLowerBuckets() {
    var all = new ArrayList<SeriesEntry>(batch.size());
    int last = -1;
    for (SeriesEntry entry : batch) {
      if (entry.lowerBucket() && entry.series() - 1 > last) {
        int first = entry.series() - 1;
        while (first - 1 > last && walk.entry(first).lowerBucket()) {
          first--;
        }
        for (int below = first; below < entry.series(); below++) {
          all.add(walk.entry(below));
        }
      }
      all.add(entry);
      last = entry.series();
    }
    return all;
  }

  @Override
  public boolean isAscending() {
    return false;
  }

  @Override
  public long sizeEstimate() {
    return to - nextOrdinal + Math.max(0, batch.size() - at);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      values.release();
      loader.release();
    }
  }
}
