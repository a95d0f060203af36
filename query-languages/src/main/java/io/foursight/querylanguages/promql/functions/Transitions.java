package io.foursight.querylanguages.promql.functions;

import io.foursight.querylanguages.promql.histogram.HistogramMath;
import io.foursight.querylanguages.promql.series.StepSeries;

/// `changes` and `resets`: over floats and histograms in the order of time.
final class Transitions implements RangeFunction {
  private final boolean resets;

  Transitions(boolean resets) {
    this.resets = resets;
  }

  @Override
  public void step(RangeWindow w, RangeCall call, StepSeries out, int step) {
    if (w.isEmpty()) {
      return;
    }
    int f = w.floatFrom;
    int h = w.histogramFrom;
    int count = 0;
    int previous = 0;
    while (f < w.floatTo || h < w.histogramTo) {
      boolean isFloat =
          h == w.histogramTo || (f < w.floatTo && w.floatTimes[f] < w.histogramTimes[h]);
      if (isFloat) {
        if (previous == 1 ? floats(w, f) : previous == 2) {
          count++;
        }
        previous = 1;
        f++;
      } else {
        if (previous == 2 ? histograms(w, h) : previous == 1) {
          count++;
        }
        previous = 2;
        h++;
      }
    }
    out.set(step, count);
  }

  private boolean floats(RangeWindow w, int i) {
    double before = w.floats[i - 1];
    double now = w.floats[i];
    if (!resets) {
      return now != before && !(Double.isNaN(now) && Double.isNaN(before));
    }
    return now < before
        || StartTimestamps.isReset(
            w.floatStart(i - 1), w.floatTimes[i - 1], w.floatStart(i), w.floatTimes[i]);
  }

  private boolean histograms(RangeWindow w, int i) {
    if (!resets) {
      return !HistogramMath.equal(w.histograms[i - 1], w.histograms[i]);
    }
    return HistogramMath.isReset(w.histograms[i - 1], w.histograms[i])
        || StartTimestamps.isReset(
            w.histogramStart(i - 1),
            w.histogramTimes[i - 1],
            w.histogramStart(i),
            w.histogramTimes[i]);
  }
}
