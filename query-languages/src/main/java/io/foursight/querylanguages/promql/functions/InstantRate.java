package io.foursight.querylanguages.promql.functions;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.querylanguages.promql.histogram.HistogramMath;
import io.foursight.querylanguages.promql.series.StepSeries;

/// `irate` and `idelta`: the last two samples of a window, of whichever kind.
final class InstantRate implements RangeFunction {
  private final boolean rate;

  InstantRate(boolean rate) {
    this.rate = rate;
  }

  @Override
  public void step(RangeWindow w, RangeCall call, StepSeries out, int step) {
    int floats = w.floatSize();
    int histograms = w.histogramSize();
    if (floats + histograms < 2) {
      return;
    }
    int f = w.floatTo - 1;
    int h = w.histogramTo - 1;
    long lastFloat = floats > 0 ? w.floatTimes[f] : Long.MIN_VALUE;
    long lastHistogram = histograms > 0 ? w.histogramTimes[h] : Long.MIN_VALUE;
    if (lastFloat > lastHistogram) {
      if (floats < 2 || (histograms > 0 && lastHistogram > w.floatTimes[f - 1])) {
        call.warnMixed(w.labels);
        return;
      }
      floats(w, out, step, f);
    } else {
      if (histograms < 2 || (floats > 0 && lastFloat > w.histogramTimes[h - 1])) {
        call.warnMixed(w.labels);
        return;
      }
      histograms(w, call, out, step, h);
    }
  }

  private void floats(RangeWindow w, StepSeries out, int step, int last) {
    long interval = w.floatTimes[last] - w.floatTimes[last - 1];
    if (interval == 0) {
      return;
    }
    double current = w.floats[last];
    double previous = w.floats[last - 1];
    boolean reset =
        rate
            && (current < previous
                || StartTimestamps.isReset(
                    w.floatStart(last - 1),
                    w.floatTimes[last - 1],
                    w.floatStart(last),
                    w.floatTimes[last]));
    double result = reset ? current : current - previous;
    out.set(step, rate ? result / (interval / 1000.0) : result);
  }

  private void histograms(RangeWindow w, RangeCall call, StepSeries out, int step, int last) {
    long interval = w.histogramTimes[last] - w.histogramTimes[last - 1];
    if (interval == 0) {
      return;
    }
    NativeHistogram current = w.histograms[last];
    NativeHistogram previous = w.histograms[last - 1];
    if (rate
        && (current.resetHint() == ResetHint.GAUGE || previous.resetHint() == ResetHint.GAUGE)) {
      call.warn(HistogramDifference.notACounter(w.labels));
    }
    if (!rate
        && (current.resetHint() != ResetHint.GAUGE || previous.resetHint() != ResetHint.GAUGE)) {
      call.warn(HistogramDifference.notAGauge(w.labels));
    }
    NativeHistogram result;
    if (rate
        && (HistogramMath.isReset(previous, current)
            || StartTimestamps.isReset(
                w.histogramStart(last - 1),
                w.histogramTimes[last - 1],
                w.histogramStart(last),
                w.histogramTimes[last]))) {
      result = current;
    } else {
      var difference = HistogramMath.subtract(current, previous);
      if (difference.isEmpty()) {
        call.warn(HistogramDifference.mixedSchemas(w.labels));
        return;
      }
      if (difference.get().reconciled()) {
        call.info("mismatched custom buckets were reconciled during subtraction");
      }
      result = difference.get().histogram();
    }
    out.set(step, Histograms.scaled(result, rate ? 1 / (interval / 1000.0) : 1));
  }
}
