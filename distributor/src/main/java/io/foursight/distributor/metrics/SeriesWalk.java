package io.foursight.distributor.metrics;

import io.foursight.distributor.DistributorLimits;
import io.foursight.model.SeriesHash;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.wire.metrics.ExpectedSeries;
import java.util.Arrays;

/// Goes through the series of a request in the order of the request before it: most are told by one
/// comparison with the series that followed last time, the others by their key. Every series gets
/// its key, and its entry among the known ones if it has one.
///
/// Either a decoder drives it ([ExpectedSeries]), or [#all] does when the labels stand already.
/// Reused; owned by one thread.
final class SeriesWalk implements ExpectedSeries {
  private static final byte LABEL = 0x0a;

  private final SeriesHash hash;
  private final KnownSeries.Table nothing = new KnownSeries.Table(64);
  private KnownSeries.Table table = nothing;
  private DistributorLimits under;
  private boolean active;
  private int count;
  private int previous;
  private int[] entries = new int[256];
  private long[] high = new long[256];
  private long[] low = new long[256];

  SeriesWalk(SeriesHash hash) {
    this.hash = hash;
  }

  /// @param limits under which the known series are valid
  void begin(KnownSeries known, DistributorLimits limits) {
    table = known.table();
    under = limits;
    active = true;
    count = 0;
    previous = KnownSeries.NONE;
  }

  void end() {
    active = false;
    table = nothing;
  }

  /// Whether it has seen this batch, under these limits.
  boolean covers(MetricsBatch batch, DistributorLimits limits) {
    return active && under == limits && count == batch.seriesCount();
  }

  @Override
  public int match(byte[] body, int offset, int limit) {
    int entry = table.guess(previous);
    if (entry >= 0) {
      int n = table.length(entry);
      int end = offset + n;
      if (n <= limit - offset
          && (end == limit || body[end] != LABEL)
          && table.check(entry) == hash.check(body, offset, n)) {
        add(entry);
        return n;
      }
    }
    add(KnownSeries.NONE);
    return -1;
  }

  private void add(int entry) {
    int i = count++;
    if (i == entries.length) {
      entries = Arrays.copyOf(entries, i * 2);
      high = Arrays.copyOf(high, i * 2);
      low = Arrays.copyOf(low, i * 2);
    }
    entries[i] = entry;
    if (entry >= 0) {
      high[i] = table.high(entry);
      low[i] = table.low(entry);
    }
    previous = entry;
  }

  @Override
  public void labels(byte[] body, int offset, int length) {
    int i = count - 1;
    hash.hash(body, offset, length, high, low, i);
    int before = i == 0 ? KnownSeries.NONE : entries[i - 1];
    int entry = table.find(high[i], low[i]);
    entries[i] = entry;
    previous = entry;
    if (entry >= 0) {
      table.link(before, entry);
    }
  }

  /// Walks a batch whose labels are where they stay.
  void all(MetricsBatch batch) {
    int n = batch.seriesCount();
    for (int i = 0; i < n; i++) {
      byte[] bytes = batch.labelBytes(i);
      int offset = batch.labelOffset(i);
      int length = batch.labelLength(i);
      if (match(bytes, offset, offset + length) != length) {
        count = i + 1;
        labels(bytes, offset, length);
      }
    }
  }

  /// The entry of a series, or none.
  int entry(int series) {
    return entries[series];
  }

  KnownSeries.Table table() {
    return table;
  }

  /// Hands the keys to the batch; canonical labels take the place of others.
  void giveKeys(MetricsBatch batch) {
    batch.keys(high, low);
    for (int i = 0; i < count; i++) {
      if (entries[i] >= 0 && table.isRewritten(entries[i])) {
        KnownSeries.Rewritten r = table.rewritten(entries[i]);
        batch.replaceLabels(i, r.labels(), r.high(), r.low());
      }
    }
  }
}
