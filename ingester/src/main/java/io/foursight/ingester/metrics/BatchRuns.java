package io.foursight.ingester.metrics;

import io.foursight.model.metrics.MetricsBatch;
import java.util.Arrays;

/// A batch cut into runs: samples (or histograms) of one series that lie in one range, next to each
/// other; then grouped by range and shard, keeping the sender's order inside a group. Reused; owned
/// by one thread.
final class BatchRuns {
  private int count;
  private int[] series = new int[256];
  private int[] from = new int[256];

  /// End row; negative (`~end`) for a run of histogram rows.
  private int[] end = new int[256];

  private int[] group = new int[256];
  private int[] order = new int[256];
  private long[] buckets = new long[4];
  private int bucketCount;
  private int[] groupEnds = new int[16];
  private int shardBits;

  void split(MetricsBatch batch, int shards) {
    shardBits = Integer.numberOfTrailingZeros(shards);
    count = 0;
    bucketCount = 0;
    long base = 0;
    int bucket = -1;
    long[] timestamps = batch.timestamps();
    long[] high = batch.hashHigh();
    for (int s = 0; s < batch.seriesCount(); s++) {
      int shard = shard(high[s], shardBits);
      int last = batch.sampleEnd(s);
      for (int row = batch.sampleStart(s); row < last; ) {
        long t = timestamps[row];
        if (bucket < 0 || !inside(t, base)) {
          bucket = bucket(t);
          base = buckets[bucket] * HeadRange.DURATION_MILLIS;
        }
        int first = row++;
        while (row < last && inside(timestamps[row], base)) {
          row++;
        }
        add(s, first, row, bucket << shardBits | shard);
      }
      int lastHistogram = batch.histogramEnd(s);
      for (int row = batch.histogramStart(s); row < lastHistogram; ) {
        int at = bucket(batch.histogramTimestamp(row));
        long start = buckets[at] * HeadRange.DURATION_MILLIS;
        int first = row++;
        while (row < lastHistogram && inside(batch.histogramTimestamp(row), start)) {
          row++;
        }
        add(s, first, ~row, at << shardBits | shard);
      }
    }
    sort();
  }

  static int shard(long hashHigh, int shardBits) {
    return shardBits == 0 ? 0 : (int) (hashHigh >>> (64 - shardBits));
  }

  private static boolean inside(long t, long base) {
    return t >= base && t - base >= 0 && t - base < HeadRange.DURATION_MILLIS;
  }

  private int bucket(long t) {
    long bucket = Math.floorDiv(t, HeadRange.DURATION_MILLIS);
    for (int i = bucketCount - 1; i >= 0; i--) {
      if (buckets[i] == bucket) {
        return i;
      }
    }
    if (bucketCount == buckets.length) {
      buckets = Arrays.copyOf(buckets, bucketCount * 2);
    }
    buckets[bucketCount] = bucket;
    return bucketCount++;
  }

  private void add(int ofSeries, int first, int last, int groupOf) {
    if (count == series.length) {
      int capacity = count * 2;
      series = Arrays.copyOf(series, capacity);
      from = Arrays.copyOf(from, capacity);
      end = Arrays.copyOf(end, capacity);
      group = Arrays.copyOf(group, capacity);
      order = new int[capacity];
    }
    series[count] = ofSeries;
    from[count] = first;
    end[count] = last;
    group[count++] = groupOf;
  }

  private void sort() {
    int groups = bucketCount << shardBits;
    if (groupEnds.length < groups + 1) {
      groupEnds = new int[groups + 1];
    } else {
      Arrays.fill(groupEnds, 0, groups + 1, 0);
    }
    for (int i = 0; i < count; i++) {
      groupEnds[group[i] + 1]++;
    }
    for (int g = 0; g < groups; g++) {
      groupEnds[g + 1] += groupEnds[g];
    }
    for (int i = 0; i < count; i++) {
      order[groupEnds[group[i]]++] = i;
    }
  }

  int bucketCount() {
    return bucketCount;
  }

  long bucketAt(int index) {
    return buckets[index];
  }

  /// Runs of a group are [#run] of `start .. end - 1`.
  int start(int bucketIndex, int shard) {
    int g = bucketIndex << shardBits | shard;
    return g == 0 ? 0 : groupEnds[g - 1];
  }

  int end(int bucketIndex, int shard) {
    return groupEnds[bucketIndex << shardBits | shard];
  }

  int run(int position) {
    return order[position];
  }

  int series(int run) {
    return series[run];
  }

  int firstRow(int run) {
    return from[run];
  }

  int endRow(int run) {
    return end[run] < 0 ? ~end[run] : end[run];
  }

  boolean isHistogram(int run) {
    return end[run] < 0;
  }
}
