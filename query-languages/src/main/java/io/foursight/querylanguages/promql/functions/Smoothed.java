package io.foursight.querylanguages.promql.functions;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.querylanguages.promql.histogram.HistogramMath;
import io.foursight.querylanguages.promql.series.StepSeries;

/// `rate`, `increase` and `delta` of a smoothed selector. The value at a border is interpolated
/// between the samples on both sides; across a reset a counter is taken to rise from zero. Without
/// a sample before the window its first sample is the left value, without one behind it its last
/// sample is the right value.
final class Smoothed implements RangeFunction {
  private final boolean counter;
  private final boolean perSecond;

  Smoothed(boolean counter, boolean perSecond) {
    this.counter = counter;
    this.perSecond = perSecond;
  }

  /// Where the window's borders fall among rows `from..to-1`.
  ///
  /// @param left the last row at or before the start, or the first row
  /// @param leftBetween whether the start lies strictly between `left` and the row after it
  /// @param right the last row at or before the end
  /// @param rightBetween whether the end lies strictly between `right` and the row after it
  private record Borders(int left, boolean leftBetween, int right, boolean rightBetween) {
    /// Null when no sample lies in reach on the sides that are needed.
    static Borders of(long[] times, int from, int to, long start, long end) {
      int right = to - 1;
      while (right >= from && times[right] > end) {
        right--;
      }
      if (right < from) {
        return null;
      }
      int left = right;
      while (left > from && times[left] > start) {
        left--;
      }
      boolean hasNext = right + 1 < to;
      boolean rightBetween = times[right] < end && hasNext;
      boolean before = times[left] < start;
      if (before && left + 1 == to) {
        // Nothing in the window and nothing behind it.
        return null;
      }
      return new Borders(left, before, right, rightBetween);
    }
  }

  @Override
  public void step(RangeWindow w, RangeCall call, StepSeries out, int step) {
    if (w.isMixed()) {
      call.warnMixed(w.labels);
    } else if (w.floatSize() > 0) {
      floats(w, out, step);
    } else if (w.histogramSize() > 0) {
      histograms(w, call, out, step);
    }
  }

  private void floats(RangeWindow w, StepSeries out, int step) {
    var b = Borders.of(w.floatTimes, w.floatFrom, w.floatTo, w.start, w.end);
    if (b == null) {
      return;
    }
    double[] v = w.floats;
    double left =
        b.leftBetween ? interpolate(w.floatTimes, v, b.left, w.start, counter) : v[b.left];
    double right =
        b.rightBetween ? interpolate(w.floatTimes, v, b.right, w.end, counter) : v[b.right];
    double result = right - left;
    if (counter) {
      // From the left value over the samples inside to the right value.
      double previous = left;
      int first = w.floatTimes[b.left] <= w.start ? b.left + 1 : b.left;
      int last = w.floatTimes[b.right] >= w.end ? b.right - 1 : b.right;
      for (int i = first; i <= last; i++) {
        result += v[i] < previous ? previous : 0;
        previous = v[i];
      }
      result += right < previous ? previous : 0;
    }
    out.set(step, perSecond ? result / (w.rangeMillis / 1000.0) : result);
  }

  /// The value at `time`, between rows `row` and `row + 1`.
  static double interpolate(long[] times, double[] v, int row, long time, boolean counter) {
    double high = v[row + 1];
    double low = counter && high < v[row] ? 0 : v[row];
    return low + (high - low) * (time - times[row]) / (times[row + 1] - times[row]);
  }

  private void histograms(RangeWindow w, RangeCall call, StepSeries out, int step) {
    var b = Borders.of(w.histogramTimes, w.histogramFrom, w.histogramTo, w.start, w.end);
    if (b == null) {
      return;
    }
    NativeHistogram[] h = w.histograms;
    int last = b.rightBetween ? b.right + 1 : b.right;
    for (int i = b.left + 1; i <= last; i++) {
      if (h[i].hasCustomBuckets() != h[b.left].hasCustomBuckets()) {
        call.warn(HistogramDifference.mixedSchemas(w.labels));
        return;
      }
    }
    int from = w.histogramFrom;
    int to = w.histogramTo;
    w.histogramFrom = b.left;
    w.histogramTo = last + 1;
    HistogramDifference.noteKind(w, call, counter);
    w.histogramFrom = from;
    w.histogramTo = to;
    NativeHistogram left =
        b.leftBetween
            ? Histograms.interpolate(
                h[b.left], h[b.left + 1], fraction(w, b.left, w.start), counter)
            : h[b.left];
    NativeHistogram right =
        b.rightBetween
            ? Histograms.interpolate(
                h[b.right], h[b.right + 1], fraction(w, b.right, w.end), counter)
            : h[b.right];
    NativeHistogram result = HistogramMath.subtract(right, left).orElseThrow().histogram();
    for (int i = b.leftBetween ? b.left + 2 : b.left + 1; counter && i <= last; i++) {
      if (HistogramMath.isReset(h[i - 1], h[i])) {
        result = HistogramMath.add(result, h[i - 1]).orElseThrow().histogram();
      }
    }
    out.set(step, Histograms.scaled(result, perSecond ? 1 / (w.rangeMillis / 1000.0) : 1));
  }

  private static double fraction(RangeWindow w, int row, long time) {
    return (double) (time - w.histogramTimes[row])
        / (w.histogramTimes[row + 1] - w.histogramTimes[row]);
  }
}
