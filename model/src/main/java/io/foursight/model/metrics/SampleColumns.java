package io.foursight.model.metrics;

import java.util.Arrays;

/// The samples of one series as columns: `size` rows ascending by timestamp, timestamps distinct.
///
/// A row is a float (`values[i]`, and `histogram(i)` is absent) or a native histogram. Start
/// timestamps are 0 where unknown. Mutable and reused: a Source fills it, the caller reads it until
/// the next fill. **Readers never write the arrays**: a Source may put in an array that it shares
/// between series, so that equal `timestamps()` references with equal sizes mean equal timestamps
/// (operators use this to compute window borders once). Owned by one thread.
public final class SampleColumns {
  private static final long[] NO_LONGS = {};
  private static final double[] NO_DOUBLES = {};
  private static final NativeHistogram[] NO_HISTOGRAMS = {};

  private int size;
  private long[] timestamps = NO_LONGS;

  /// The private timestamp array while a shared one is in use.
  private long[] ownTimestamps = NO_LONGS;

  private double[] values = NO_DOUBLES;
  private long[] startTimestamps = NO_LONGS;
  private NativeHistogram[] histograms = NO_HISTOGRAMS;
  private boolean sharedTimestamps;
  private boolean hasStartTimestamps;
  private boolean hasHistograms;

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /// Rows `0..size-1`; longer arrays carry garbage behind that.
  public long[] timestamps() {
    return timestamps;
  }

  public double[] values() {
    return values;
  }

  /// Whether `timestamps()` is an array that is shared between series and never changes, so that an
  /// equal reference with an equal size means equal timestamps.
  public boolean sharesTimestamps() {
    return sharedTimestamps;
  }

  public long timestamp(int row) {
    return timestamps[row];
  }

  public double value(int row) {
    return values[row];
  }

  /// Whether any row has a known start timestamp; when false [#startTimestamps()] must not be read.
  public boolean hasStartTimestamps() {
    return hasStartTimestamps;
  }

  public long[] startTimestamps() {
    return startTimestamps;
  }

  public long startTimestamp(int row) {
    return hasStartTimestamps ? startTimestamps[row] : 0;
  }

  /// Whether any row is a histogram.
  public boolean hasHistograms() {
    return hasHistograms;
  }

  public boolean isHistogram(int row) {
    return hasHistograms && histograms[row] != null;
  }

  /// The histogram of a row for which [#isHistogram(int)] holds.
  public NativeHistogram histogram(int row) {
    return histograms[row];
  }

  /// Empties it; keeps private arrays for reuse.
  public void clear() {
    if (hasHistograms) {
      Arrays.fill(histograms, 0, size, null);
    }
    if (sharedTimestamps) {
      timestamps = ownTimestamps;
      sharedTimestamps = false;
    }
    size = 0;
    hasStartTimestamps = false;
    hasHistograms = false;
  }

  public void add(long timestamp, double value) {
    add(timestamp, 0, value);
  }

  public void add(long timestamp, long startTimestamp, double value) {
    row(timestamp, startTimestamp);
    values[size++] = value;
  }

  public void add(long timestamp, long startTimestamp, NativeHistogram histogram) {
    row(timestamp, startTimestamp);
    if (!hasHistograms) {
      hasHistograms = true;
      if (histograms.length < timestamps.length) {
        histograms = new NativeHistogram[timestamps.length];
      }
    } else if (histograms.length < timestamps.length) {
      histograms = Arrays.copyOf(histograms, timestamps.length);
    }
    values[size] = 0;
    histograms[size++] = histogram;
  }

  /// Appends row `row` of another set.
  public void addFrom(SampleColumns other, int row) {
    if (other.isHistogram(row)) {
      add(other.timestamps[row], other.startTimestamp(row), other.histograms[row]);
    } else {
      add(other.timestamps[row], other.startTimestamp(row), other.values[row]);
    }
  }

  /// Appends rows `from..to-1` of another set, all behind the last row of this.
  public void append(SampleColumns other, int from, int to) {
    if (hasHistograms || hasStartTimestamps || other.hasHistograms || other.hasStartTimestamps) {
      for (int row = from; row < to; row++) {
        addFrom(other, row);
      }
      return;
    }
    int n = to - from;
    if (n <= 0) {
      return;
    }
    reserve(size + n);
    System.arraycopy(other.timestamps, from, timestamps, size, n);
    System.arraycopy(other.values, from, values, size, n);
    size += n;
  }

  /// How many rows lie before a time.
  public int rowsBefore(long timestamp) {
    if (size == 0 || timestamps[size - 1] < timestamp) {
      return size;
    }
    int at = Arrays.binarySearch(timestamps, 0, size, timestamp);
    return at < 0 ? ~at : at;
  }

  /// Leaves rows `from..to-1` only. For sets of floats without start timestamps.
  public void keep(int from, int to) {
    if (hasHistograms || hasStartTimestamps || sharedTimestamps) {
      throw new IllegalStateException("only private rows of floats can be cut");
    }
    if (from > 0) {
      System.arraycopy(timestamps, from, timestamps, 0, to - from);
      System.arraycopy(values, from, values, 0, to - from);
    }
    size = to - from;
  }

  private void row(long timestamp, long startTimestamp) {
    reserve(size + 1);
    timestamps[size] = timestamp;
    if (startTimestamp != 0 && !hasStartTimestamps) {
      hasStartTimestamps = true;
      if (startTimestamps.length < timestamps.length) {
        startTimestamps = new long[timestamps.length];
      } else {
        Arrays.fill(startTimestamps, 0, size, 0);
      }
    }
    if (hasStartTimestamps) {
      if (startTimestamps.length < timestamps.length) {
        startTimestamps = Arrays.copyOf(startTimestamps, timestamps.length);
      }
      startTimestamps[size] = startTimestamp;
    }
    if (hasHistograms) {
      if (histograms.length < timestamps.length) {
        histograms = Arrays.copyOf(histograms, timestamps.length);
      }
      histograms[size] = null;
    }
  }

  /// Makes room for `capacity` rows in the private timestamp and value arrays.
  public void reserve(int capacity) {
    if (sharedTimestamps) {
      timestamps = Arrays.copyOf(timestamps, Math.max(capacity, timestamps.length));
      sharedTimestamps = false;
    }
    if (timestamps.length < capacity) {
      timestamps =
          Arrays.copyOf(timestamps, Math.max(capacity, Math.max(16, timestamps.length * 2)));
    }
    if (values.length < timestamps.length) {
      values = Arrays.copyOf(values, timestamps.length);
    }
  }

  /// Bulk fill for decoders of float-only series: [#reserve(int)], write straight into
  /// `timestamps()` and `values()`, then set the size here.
  public void setSize(int size) {
    this.size = size;
  }

  /// Replaces the timestamp column by an array that other series use as well, and the size with it;
  /// values are then written into `values()`, which has room.
  public void shareTimestamps(long[] shared, int size) {
    clear();
    ownTimestamps = timestamps;
    timestamps = shared;
    sharedTimestamps = true;
    if (values.length < size) {
      values = new double[Math.max(size, Math.max(16, values.length * 2))];
    }
    this.size = size;
  }

  /// Heap bytes held by the filled rows, for budgets.
  public long sizeBytes() {
    long bytes = (sharedTimestamps ? 8L : 16L) * size + (hasStartTimestamps ? 8L * size : 0);
    if (hasHistograms) {
      for (int i = 0; i < size; i++) {
        bytes += histograms[i] == null ? 4 : histograms[i].sizeBytes();
      }
    }
    return bytes;
  }
}
