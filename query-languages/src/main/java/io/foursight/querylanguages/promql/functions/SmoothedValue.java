package io.foursight.querylanguages.promql.functions;

import io.foursight.querylanguages.promql.series.StepSeries;

/// The value at the end of the window, interpolated between the samples on both sides of it; the
/// last one where none follows. The window's rows reach behind its end.
public final class SmoothedValue implements RangeFunction {
  @Override
  public void step(RangeWindow w, RangeCall call, StepSeries out, int step) {
    if (w.isMixed()) {
      call.warnMixed(w.labels);
    } else if (w.floatSize() > 0) {
      int row = lastRow(w.floatTimes, w.floatFrom, w.floatTo, w.end);
      if (row >= w.floatFrom) {
        boolean exact = w.floatTimes[row] == w.end || row + 1 == w.floatTo;
        out.set(
            step,
            exact
                ? w.floats[row]
                : Smoothed.interpolate(w.floatTimes, w.floats, row, w.end, false));
      }
    } else if (w.histogramSize() > 0) {
      histogram(w, call, out, step);
    }
  }

  private static void histogram(RangeWindow w, RangeCall call, StepSeries out, int step) {
    int row = lastRow(w.histogramTimes, w.histogramFrom, w.histogramTo, w.end);
    if (row < w.histogramFrom) {
      return;
    }
    if (w.histogramTimes[row] == w.end || row + 1 == w.histogramTo) {
      out.set(step, w.histograms[row]);
      return;
    }
    var low = w.histograms[row];
    var high = w.histograms[row + 1];
    if (low.hasCustomBuckets() != high.hasCustomBuckets()) {
      call.warn(HistogramDifference.mixedSchemas(w.labels));
      return;
    }
    double fraction =
        (double) (w.end - w.histogramTimes[row])
            / (w.histogramTimes[row + 1] - w.histogramTimes[row]);
    out.set(step, Histograms.interpolate(low, high, fraction, false));
  }

  private static int lastRow(long[] times, int from, int to, long time) {
    int row = to - 1;
    while (row >= from && times[row] > time) {
      row--;
    }
    return row;
  }
}
