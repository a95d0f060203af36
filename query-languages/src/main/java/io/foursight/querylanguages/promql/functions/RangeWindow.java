package io.foursight.querylanguages.promql.functions;

import io.foursight.model.Labels;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.StaleMarker;
import java.util.Arrays;

/// The samples of one series without stale markers, floats and histograms apart, and one window of
/// them. Public fields on purpose: kernels read them in inner loops. Reused from step to step and
/// from series to series; owned by one thread.
///
/// ```
/// floats      rows floatFrom .. floatTo-1 of floatTimes / floats / floatStarts
/// histograms  rows histogramFrom .. histogramTo-1 of histogramTimes / histograms / histogramStarts
/// window      start < t <= end, milliseconds; rangeMillis = end - start
/// ```
///
/// The start timestamp columns hold 0 where unknown; they are null when all are (or when the query
/// ignores them).
public final class RangeWindow {
  private static final long[] NO_LONGS = {};
  private static final double[] NO_DOUBLES = {};
  private static final NativeHistogram[] NO_HISTOGRAMS = {};

  public Labels labels = Labels.EMPTY;
  public int floatCount;
  public long[] floatTimes = NO_LONGS;
  public double[] floats = NO_DOUBLES;
  public long[] floatStarts;
  public int histogramCount;
  public long[] histogramTimes = NO_LONGS;
  public NativeHistogram[] histograms = NO_HISTOGRAMS;
  public long[] histogramStarts;

  public long start;
  public long end;
  public long rangeMillis;

  /// End of the first window, and the distance from one to the next.
  public long firstEnd;

  public long stride;
  public int floatFrom;
  public int floatTo;
  public int histogramFrom;
  public int histogramTo;

  private long[] ownFloatTimes = NO_LONGS;
  private double[] ownFloats = NO_DOUBLES;
  private long[] ownFloatStarts = NO_LONGS;
  private long[] ownHistogramStarts = NO_LONGS;

  /// Takes over the samples of a series. Columns of float-only series without stale markers are
  /// used as they are, not copied.
  public void load(Labels seriesLabels, SampleColumns samples, boolean startTimestamps) {
    labels = seriesLabels;
    boolean starts = startTimestamps && samples.hasStartTimestamps();
    int n = samples.size();
    if (!samples.hasHistograms() && !hasStale(samples.values(), n)) {
      floatCount = n;
      floatTimes = samples.timestamps();
      floats = samples.values();
      floatStarts = starts ? samples.startTimestamps() : null;
      histogramCount = 0;
      return;
    }
    split(samples, starts);
  }

  private static boolean hasStale(double[] values, int n) {
    for (int i = 0; i < n; i++) {
      double v = values[i];
      if (Double.isNaN(v) && StaleMarker.isStale(v)) {
        return true;
      }
    }
    return false;
  }

  private void split(SampleColumns samples, boolean starts) {
    int n = samples.size();
    if (ownFloatTimes.length < n) {
      ownFloatTimes = new long[n];
      ownFloats = new double[n];
    }
    if (starts && ownFloatStarts.length < n) {
      ownFloatStarts = new long[n];
      ownHistogramStarts = new long[n];
    }
    if (samples.hasHistograms() && histogramTimes.length < n) {
      histogramTimes = new long[n];
      histograms = new NativeHistogram[n];
    }
    int f = 0;
    int h = 0;
    for (int i = 0; i < n; i++) {
      if (samples.isHistogram(i)) {
        if (!samples.histogram(i).isStale()) {
          histogramTimes[h] = samples.timestamp(i);
          if (starts) {
            ownHistogramStarts[h] = samples.startTimestamp(i);
          }
          histograms[h++] = samples.histogram(i);
        }
      } else if (!StaleMarker.isStale(samples.value(i))) {
        ownFloatTimes[f] = samples.timestamp(i);
        if (starts) {
          ownFloatStarts[f] = samples.startTimestamp(i);
        }
        ownFloats[f++] = samples.value(i);
      }
    }
    floatCount = f;
    floatTimes = ownFloatTimes;
    floats = ownFloats;
    floatStarts = starts ? ownFloatStarts : null;
    if (h < histogramCount) {
      Arrays.fill(histograms, h, histogramCount, null);
    }
    histogramCount = h;
    histogramStarts = starts ? ownHistogramStarts : null;
  }

  public int floatSize() {
    return floatTo - floatFrom;
  }

  public int histogramSize() {
    return histogramTo - histogramFrom;
  }

  public boolean isMixed() {
    return floatTo > floatFrom && histogramTo > histogramFrom;
  }

  public boolean isEmpty() {
    return floatTo == floatFrom && histogramTo == histogramFrom;
  }

  public long floatStart(int row) {
    return floatStarts == null ? 0 : floatStarts[row];
  }

  public long histogramStart(int row) {
    return histogramStarts == null ? 0 : histogramStarts[row];
  }
}
