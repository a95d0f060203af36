package io.foursight.storage.metrics.block.v1;

import io.foursight.model.QueryBudget;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.LongCodec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// Decodes the samples of series for one cursor. Series of one timestamp column get the same array,
/// cut to the range once; decoded histogram buckets are kept for the buckets above them. Both
/// caches are bounded and charged to the budget. Owned by one thread.
final class SampleLoader {
  private static final long MAX_TIMESTAMPS = 4 << 20;
  private static final long MAX_BUCKET_VALUES = 4 << 20;

  private record ColumnKey(int column, int startRow, int rows) {}

  /// Rows `from..to-1` of the series lie in the range, at these times.
  private record Window(long[] timestamps, int from, int to) {}

  private final SeriesWalk walk;
  private final ExtentReader timestampsFile;
  private final ValueSpans values;
  private final TimeRange range;
  private final QueryBudget budget;
  private final SeriesCodec codec = new SeriesCodec();
  private final LongCodec longs = new LongCodec();
  private final long[] scratch = new long[MetricsBlockFormat.CHUNK_ROWS];
  private final LinkedHashMap<ColumnKey, Window> windows = new LinkedHashMap<>(16, 0.75f, true);
  private final LinkedHashMap<Integer, double[]> buckets = new LinkedHashMap<>(16, 0.75f, true);
  private final SampleColumns bucket = new SampleColumns();
  private final boolean inSeriesOrder;
  private SeriesEntry lastColumn;
  private Window lastWindow;

  /// In series order, the values of the series loaded last: mostly the next one's lower bucket.
  private double[] lastValues = {};

  private int lastSeries = -1;
  private Window lastValuesWindow;
  private long heldTimestamps;
  private long heldValues;
  private long heldLast;

  /// @param inSeriesOrder whether series are asked for in ascending order
  SampleLoader(
      SeriesWalk walk,
      ExtentReader timestampsFile,
      ValueSpans values,
      TimeRange range,
      QueryBudget budget,
      boolean inSeriesOrder) {
    this.inSeriesOrder = inSeriesOrder;
    this.walk = walk;
    this.timestampsFile = timestampsFile;
    this.values = values;
    this.range = range;
    this.budget = budget;
  }

  void load(SeriesEntry entry, SampleColumns into) {
    if (entry.rows() == 0) {
      into.clear();
      return;
    }
    Window window = window(entry);
    int size = window.to - window.from;
    into.shareTimestamps(window.timestamps, size);
    if (size == 0) {
      return;
    }
    if (inSeriesOrder) {
      loadNext(entry, window, into);
      return;
    }
    double[] known = buckets.get(entry.series());
    if (known != null) {
      System.arraycopy(known, 0, into.values(), 0, size);
    } else {
      double[] lower = entry.lowerBucket() ? lower(entry, window) : null;
      decode(entry, window, lower, into);
      if (entry.lowerBucket()) {
        keepBucket(entry.series(), Arrays.copyOf(into.values(), size));
      }
    }
  }

  private void loadNext(SeriesEntry entry, Window window, SampleColumns into) {
    double[] lower = null;
    if (entry.lowerBucket()) {
      boolean isNext = lastSeries == entry.series() - 1 && lastValuesWindow == window;
      lower = isNext ? lastValues : lower(entry, window);
    }
    decode(entry, window, lower, into);
    int size = into.size();
    if (lastValues.length < size) {
      budget.charge(8L * (size - lastValues.length));
      heldLast += 8L * (size - lastValues.length);
      lastValues = new double[size];
    }
    System.arraycopy(into.values(), 0, lastValues, 0, size);
    lastSeries = entry.series();
    lastValuesWindow = window;
  }

  private void decode(SeriesEntry entry, Window window, double[] lower, SampleColumns into) {
    ByteReader in = values.bytes(entry);
    codec.decode(in, entry.rows(), window.from, window.to, entry.lowerBucket(), lower, into);
  }

  /// Values of the series before, which has the same timestamps.
  private double[] lower(SeriesEntry entry, Window window) {
    int first = entry.series() - 1;
    while (!buckets.containsKey(first) && walk.entry(first).lowerBucket()) {
      first--;
    }
    double[] below = buckets.get(first);
    for (int series = first; series < entry.series(); series++) {
      double[] known = buckets.get(series);
      if (known == null) {
        SeriesEntry lower = walk.entry(series);
        if (lower.rows() != entry.rows()) {
          throw values.bytes(lower).corrupt("bucket of other timestamps");
        }
        bucket.shareTimestamps(window.timestamps, window.to - window.from);
        decode(lower, window, below, bucket);
        known = Arrays.copyOf(bucket.values(), window.to - window.from);
        keepBucket(series, known);
      }
      below = known;
    }
    return below;
  }

  private void keepBucket(int series, double[] kept) {
    while (!buckets.isEmpty() && heldValues + kept.length > MAX_BUCKET_VALUES) {
      double[] oldest = buckets.pollFirstEntry().getValue();
      heldValues -= oldest.length;
      budget.release(8L * oldest.length);
    }
    budget.charge(8L * kept.length);
    buckets.put(series, kept);
    heldValues += kept.length;
  }

  private Window window(SeriesEntry entry) {
    if (lastColumn != null
        && lastColumn.column() == entry.column()
        && lastColumn.startRow() == entry.startRow()
        && lastColumn.rows() == entry.rows()) {
      return lastWindow;
    }
    lastWindow = findWindow(entry);
    lastColumn = entry;
    return lastWindow;
  }

  private Window findWindow(SeriesEntry entry) {
    var key = new ColumnKey(entry.column(), entry.startRow(), entry.rows());
    Window known = windows.get(key);
    if (known != null) {
      return known;
    }
    long[] column = column(entry);
    int from = lowerBound(column, range.startMillis());
    int to =
        range.endMillis() == Long.MAX_VALUE
            ? column.length
            : lowerBound(column, range.endMillis() + 1);
    to = Math.max(from, to);
    var window =
        new Window(
            from == 0 && to == column.length ? column : Arrays.copyOfRange(column, from, to),
            from,
            to);
    while (!windows.isEmpty() && heldTimestamps + window.timestamps.length > MAX_TIMESTAMPS) {
      Map.Entry<ColumnKey, Window> oldest = windows.pollFirstEntry();
      heldTimestamps -= oldest.getValue().timestamps.length;
      budget.release(8L * oldest.getValue().timestamps.length);
    }
    budget.charge(8L * window.timestamps.length);
    heldTimestamps += window.timestamps.length;
    windows.put(key, window);
    return window;
  }

  private static int lowerBound(long[] column, long time) {
    int at = Arrays.binarySearch(column, time);
    return at < 0 ? -at - 1 : at;
  }

  private long[] column(SeriesEntry entry) {
    ColumnPage page = walk.columns(entry.column());
    int c = entry.column() % MetricsBlockFormat.COLUMNS_PER_PAGE;
    ByteReader in = timestampsFile.section(page.offset(c), page.length(c));
    int rows = page.rows(c);
    if (entry.startRow() + (long) entry.rows() > rows) {
      throw in.corrupt("rows up to " + (entry.startRow() + entry.rows()) + " of " + rows);
    }
    int size = MetricsBlockFormat.CHUNK_ROWS;
    for (int i = 0; i < (rows - 1) / size; i++) {
      in.varint();
    }
    var column = new long[entry.rows()];
    int end = entry.startRow() + entry.rows();
    for (int start = 0; start < end; start += size) {
      int n = Math.min(size, rows - start);
      longs.decode(in, n, scratch);
      int from = Math.max(start, entry.startRow());
      int to = Math.min(start + n, end);
      if (from < to) {
        System.arraycopy(scratch, from - start, column, from - entry.startRow(), to - from);
      }
    }
    return column;
  }

  void release() {
    budget.release(8 * (heldTimestamps + heldValues) + heldLast);
    heldLast = 0;
    lastValues = new double[0];
    lastSeries = -1;
    lastValuesWindow = null;
    lastColumn = null;
    lastWindow = null;
    windows.clear();
    buckets.clear();
    heldTimestamps = 0;
    heldValues = 0;
    values.release();
  }
}
