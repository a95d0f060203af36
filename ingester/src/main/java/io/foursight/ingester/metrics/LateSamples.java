package io.foursight.ingester.metrics;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.SampleColumns;
import java.util.Arrays;

/// Samples of one series that came after newer ones had been packed: sorted columns, merged in at
/// read and, when there are many, packed with the rest. Under the shard's lock.
final class LateSamples {
  static final int MAX = 512;
  private int size;
  private int[] times = new int[4];
  private long[] bits = new long[4];
  private long[] starts = new long[4];
  private NativeHistogram[] histograms = new NativeHistogram[4];

  /// @param histogram null for a float
  /// @return as [ShardAppend#addFloat]
  int add(int time, long valueBits, long start, NativeHistogram histogram) {
    int at = Arrays.binarySearch(times, 0, size, time);
    if (at >= 0) {
      boolean same =
          histogram == null
              ? histograms[at] == null && bits[at] == valueBits
              : histogram.equals(histograms[at]);
      return same ? HeadShard.SAME : HeadShard.DIFFERENT;
    }
    at = ~at;
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      bits = Arrays.copyOf(bits, size * 2);
      starts = Arrays.copyOf(starts, size * 2);
      histograms = Arrays.copyOf(histograms, size * 2);
    }
    System.arraycopy(times, at, times, at + 1, size - at);
    System.arraycopy(bits, at, bits, at + 1, size - at);
    System.arraycopy(starts, at, starts, at + 1, size - at);
    System.arraycopy(histograms, at, histograms, at + 1, size - at);
    times[at] = time;
    bits[at] = valueBits;
    starts[at] = start;
    histograms[at] = histogram;
    size++;
    return HeadShard.STORED;
  }

  int size() {
    return size;
  }

  /// Rows inside `from..to`, in time order.
  void into(SampleColumns out, long base, int from, int to) {
    for (int i = 0; i < size; i++) {
      if (times[i] >= from && times[i] <= to) {
        if (histograms[i] == null) {
          out.add(base + times[i], starts[i], Double.longBitsToDouble(bits[i]));
        } else {
          out.add(base + times[i], starts[i], histograms[i]);
        }
      }
    }
  }

  /// Roughly, without the histograms.
  long bytes() {
    return 80 + 24L * times.length;
  }
}
