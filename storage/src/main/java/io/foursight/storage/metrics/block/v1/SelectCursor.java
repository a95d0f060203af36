package io.foursight.storage.metrics.block.v1;

import io.foursight.model.Labels;
import io.foursight.model.SeriesHash;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SelectHints;
import io.foursight.model.metrics.SeriesCursor;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/// Matching series in label order. Series order and label order differ only inside a metric, so the
/// labels of one metric are held at a time (of all, when some series have labels before the metric
/// name).
final class SelectCursor implements SeriesCursor {
  /// Small metrics are taken together, for fewer reads.
  private static final int GROUP_SERIES = 1024;

  private record Found(Labels labels, SeriesEntry entry) {}

  private final BlockIndex index;
  private final SeriesWalk walk;
  private final MetricsSelect select;
  private final boolean withSamples;
  private final ValueSpans values;
  private final SampleLoader loader;
  private final PeekableIntIterator ordinals;
  private final List<Found> group = new ArrayList<>();
  private int at = -1;
  private boolean planned;
  private long charged;
  private boolean closed;

  SelectCursor(
      BlockIndex index,
      ExtentReader timestamps,
      ExtentReader valuesFile,
      MetricsSelect select,
      RoaringBitmap series,
      boolean withSamples) {
    this.index = index;
    walk = new SeriesWalk(index);
    this.select = select;
    this.withSamples = withSamples;
    values = new ValueSpans(valuesFile, select.budget());
    loader = new SampleLoader(walk, timestamps, values, select.range(), select.budget(), false);
    ordinals = series.getIntIterator();
  }

  @Override
  public boolean next() {
    if (closed) {
      return false;
    }
    at++;
    while (at >= group.size()) {
      if (!ordinals.hasNext()) {
        close();
        return false;
      }
      fillGroup();
      at = 0;
    }
    select.budget().check();
    return true;
  }

  private void fillGroup() {
    releaseGroup();
    int metric = walk.metricRank(ordinals.peekNext());
    int checked = 0;
    while (ordinals.hasNext()) {
      int nextMetric = walk.metricRank(ordinals.peekNext());
      if (nextMetric != metric && group.size() >= GROUP_SERIES && !index.labelOrderDiffers()) {
        break;
      }
      metric = nextMetric;
      if ((++checked & 1023) == 0) {
        select.budget().check();
      }
      int series = ordinals.next();
      SeriesEntry entry = walk.entry(series);
      if (entry.rows() == 0
          || entry.minTime() > select.range().endMillis()
          || entry.maxTime() < select.range().startMillis()) {
        continue;
      }
      Labels labels = walk.labels(series);
      SelectHints hints = select.hints();
      if (hints.shardCount() > 0
          && SeriesHash.shard(labels, hints.shardCount()) != hints.shardIndex()) {
        continue;
      }
      long bytes = 150 + 8L * labels.size();
      select.budget().charge(bytes);
      charged += bytes;
      group.add(new Found(labels, entry));
    }
    group.sort((a, b) -> a.labels.compareTo(b.labels));
  }

  private void releaseGroup() {
    select.budget().release(charged);
    charged = 0;
    group.clear();
    planned = false;
    values.release();
  }

  @Override
  public Labels labels() {
    return group.get(at).labels;
  }

  @Override
  public void samples(SampleColumns into) {
    if (!withSamples) {
      throw new UnsupportedOperationException("a series answer carries no samples");
    }
    if (!planned) {
      plan();
    }
    loader.load(group.get(at).entry, into);
  }

  /// Bytes of the group's series, and of the lower buckets that some are told by.
  private void plan() {
    var needed = new TreeMap<Integer, SeriesEntry>();
    for (Found found : group) {
      needed.put(found.entry.series(), found.entry);
      SeriesEntry entry = found.entry;
      while (entry.lowerBucket()) {
        int below = entry.series() - 1;
        SeriesEntry known = needed.get(below);
        entry = known != null ? known : walk.entry(below);
        needed.put(below, entry);
      }
    }
    values.plan(List.copyOf(needed.values()));
    planned = true;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      releaseGroup();
      loader.release();
    }
  }
}
