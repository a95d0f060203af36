package io.foursight.ingester.metrics;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.SeriesHash;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.MergingSeriesCursor;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SelectHints;
import io.foursight.model.metrics.SeriesCursor;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// The selected series of one shard over all ranges, newest range first, each in order of arrival:
/// the order in which their blocks lie in memory. A series that is in several ranges comes with the
/// newest; its parts are found by the hash of its labels, so that nothing is sorted or compared. A
/// shard is locked for reading only while the samples of one series are decoded. Owned by one
/// thread.
final class ShardCursor implements SeriesCursor {
  /// @param ids ascending
  record Part(HeadShard shard, ShardSeries.Reader reader, int[] ids) {}

  private final List<Part> parts;
  private final TimeRange range;
  private final SelectHints hints;
  private final QueryBudget budget;
  private final boolean withSamples;
  private final SampleReader samples;
  private final SampleColumns older = new SampleColumns();
  private final SampleColumns newer = new SampleColumns();

  /// `partners[p][q][i]`: the id in part `q` of the series `parts[p].ids[i]`, -1 when it is not
  /// selected there; null for `q <= p`.
  private final int[][][] partners;

  /// Ids of a part that have come with a newer one.
  private final BitSet[] taken;

  private final long charged;
  private GroupedLabels grouped;
  private long[] lastTimes = {};
  private int part;
  private int at = -1;
  private Labels labels;
  private boolean closed;

  /// @param newestFirst not empty
  ShardCursor(List<Part> newestFirst, MetricsSelect select, boolean withSamples) {
    this.parts = List.copyOf(newestFirst);
    this.range = select.range();
    this.hints = select.hints();
    this.budget = select.budget();
    this.samples = new SampleReader(hints.presenceOnly());
    this.withSamples = withSamples;
    int n = parts.size();
    partners = new int[n][n][];
    taken = new BitSet[n];
    long bytes = 0;
    for (int p = 0; p < n; p++) {
      taken[p] = new BitSet();
      bytes += 4L * parts.get(p).ids.length * (n - p);
    }
    budget.charge(bytes);
    charged = bytes;
    for (int p = 0; p < n; p++) {
      for (int q = p + 1; q < n; q++) {
        partners[p][q] = partners(parts.get(p), taken[p], parts.get(q), taken[q]);
      }
    }
  }

  /// Where the series of a part that are still to come lie in an older one; marks them there.
  private static int[] partners(Part from, BitSet gone, Part in, BitSet taken) {
    int[] found = new int[from.ids.length];
    long[] keys = new long[2 * from.ids.length];
    long stamp = from.shard.lock.readLock();
    try {
      for (int i = 0; i < from.ids.length; i++) {
        from.shard.key(from.ids[i], keys, 2 * i);
      }
    } finally {
      from.shard.lock.unlockRead(stamp);
    }
    stamp = in.shard.lock.readLock();
    try {
      int guess = 0;
      for (int i = 0; i < found.length; i++) {
        found[i] = -1;
        if (gone.get(from.ids[i])) {
          continue;
        }
        int id = in.shard.find(keys[2 * i], keys[2 * i + 1], guess);
        if (id >= 0) {
          guess = id + 1;
          if (Arrays.binarySearch(in.ids, id) >= 0) {
            found[i] = id;
            taken.set(id);
          }
        }
      }
    } finally {
      in.shard.lock.unlockRead(stamp);
    }
    return found;
  }

  @Override
  public boolean next() {
    labels = null;
    while (part < parts.size()) {
      Part p = parts.get(part);
      while (++at < p.ids.length) {
        if ((at & 0xff) == 0) {
          budget.check();
        }
        if (!taken[part].get(p.ids[at]) && isInShard(p)) {
          return true;
        }
      }
      part++;
      at = -1;
      grouped = null;
    }
    return false;
  }

  private boolean isInShard(Part p) {
    if (hints.shardCount() == 0) {
      return true;
    }
    Labels all = p.reader.labels(p.ids[at]);
    return SeriesHash.shard(all, hints.shardCount()) == hints.shardIndex();
  }

  @Override
  public Labels labels() {
    if (labels == null) {
      Part p = parts.get(part);
      if (hints.delivery() == SelectHints.Delivery.GROUPED) {
        if (grouped == null) {
          grouped = new GroupedLabels(p.reader, hints);
        }
        labels = grouped.of(p.ids[at]);
      } else {
        labels = p.reader.labels(p.ids[at]);
      }
    }
    return labels;
  }

  /// Series of one scrape have equal times: their columns then share one array.
  @Override
  public void samples(SampleColumns into) {
    if (!withSamples) {
      throw new IllegalStateException("this cursor was opened without samples");
    }
    int pieces = 0;
    for (int q = parts.size() - 1; q > part; q--) {
      int id = partners[part][q][at];
      if (id >= 0) {
        pieces = add(q, id, pieces, into);
      }
    }
    add(part, parts.get(part).ids[at], pieces, into);
    int n = into.size();
    if (n > 1 && !into.hasHistograms() && !into.hasStartTimestamps()) {
      if (n != lastTimes.length || !Arrays.equals(lastTimes, 0, n, into.timestamps(), 0, n)) {
        lastTimes = Arrays.copyOf(into.timestamps(), n);
      }
      into.shareTimestamps(lastTimes, n);
    }
  }

  /// Reads a piece and puts it behind those read before.
  ///
  /// @return the number of pieces now
  private int add(int q, int id, int pieces, SampleColumns into) {
    if (pieces == 0) {
      read(q, id, into);
      return into.isEmpty() ? 0 : 1;
    }
    read(q, id, newer);
    if (!newer.isEmpty()) {
      older.clear();
      older.append(into, 0, into.size());
      MergingSeriesCursor.mergeSamples(older, newer, into);
    }
    return pieces + 1;
  }

  private void read(int q, int id, SampleColumns into) {
    HeadShard shard = parts.get(q).shard;
    long stamp = shard.lock.readLock();
    try {
      samples.read(shard, id, range.startMillis(), range.endMillis(), into);
    } finally {
      shard.lock.unlockRead(stamp);
    }
  }

  @Override
  public boolean isAscending() {
    return false;
  }

  @Override
  public long sizeEstimate() {
    long size = 0;
    for (Part p : parts) {
      size += p.ids.length;
    }
    return size;
  }

  @Override
  public void close() {
    part = parts.size();
    if (!closed) {
      closed = true;
      budget.release(charged);
    }
  }
}
