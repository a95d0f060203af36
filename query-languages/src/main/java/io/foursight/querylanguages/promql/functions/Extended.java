package io.foursight.querylanguages.promql.functions;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.querylanguages.promql.histogram.HistogramMath;
import io.foursight.querylanguages.promql.series.StepSeries;
import java.util.Set;

/// Range functions over `anchored` and `smoothed` selectors: nothing is extrapolated; the values at
/// the borders of the window are those of the samples before it (anchored) or interpolated between
/// the samples around it (smoothed). The window's rows reach one lookback further than the window
/// itself: before it, and for `smoothed` also behind it.
public final class Extended {
  private static final Set<String> ANCHORED =
      Set.of("changes", "delta", "increase", "rate", "resets");
  private static final Set<String> SMOOTHED = Set.of("delta", "increase", "rate");

  private Extended() {}

  /// @throws FoursightException `EXECUTION` when the function does not work on such a selector
  public static RangeFunction of(String function, boolean anchored) {
    Set<String> allowed = anchored ? ANCHORED : SMOOTHED;
    if (!allowed.contains(function)) {
      throw new FoursightException(
          ErrorKind.EXECUTION,
          (anchored ? "anchored" : "smoothed")
              + " modifier can only be used with: "
              + String.join(", ", allowed.stream().sorted().toList())
              + " - not with "
              + function);
    }
    boolean counter = !function.equals("delta");
    boolean perSecond = function.equals("rate");
    if (!anchored) {
      return new Smoothed(counter, perSecond);
    }
    return switch (function) {
      case "changes" -> new Anchored(new Transitions(false), true);
      case "resets" -> new Anchored(new Transitions(true), true);
      default -> new Anchored(new PlainDifference(counter, perSecond), false);
    };
  }

  /// Narrows the rows to those inside the window and the last one before it.
  ///
  /// @param mixes whether floats and histograms may meet; where not, those that are only in reach
  ///   before the window count too
  private record Anchored(RangeFunction inner, boolean mixes) implements RangeFunction {
    @Override
    public void step(RangeWindow w, RangeCall call, StepSeries out, int step) {
      if (!mixes && w.isMixed()) {
        call.warnMixed(w.labels);
        return;
      }
      int f = w.floatFrom;
      while (f < w.floatTo && w.floatTimes[f] <= w.start) {
        f++;
      }
      int h = w.histogramFrom;
      while (h < w.histogramTo && w.histogramTimes[h] <= w.start) {
        h++;
      }
      if (f == w.floatTo && h == w.histogramTo) {
        return;
      }
      boolean floatBefore = f > w.floatFrom;
      boolean histogramBefore = h > w.histogramFrom;
      if (floatBefore && (!histogramBefore || w.floatTimes[f - 1] > w.histogramTimes[h - 1])) {
        f--;
      } else if (histogramBefore) {
        h--;
      }
      w.floatFrom = f;
      w.histogramFrom = h;
      inner.step(w, call, out, step);
    }
  }

  /// Last minus first, plus what resets lost.
  private record PlainDifference(boolean counter, boolean perSecond) implements RangeFunction {
    @Override
    public void step(RangeWindow w, RangeCall call, StepSeries out, int step) {
      double factor = perSecond ? 1 / (w.rangeMillis / 1000.0) : 1;
      if (w.floatSize() > 0) {
        double[] v = w.floats;
        double result = v[w.floatTo - 1] - v[w.floatFrom];
        for (int i = w.floatFrom + 1; counter && i < w.floatTo; i++) {
          result += v[i] < v[i - 1] ? v[i - 1] : 0;
        }
        out.set(step, result * factor);
        return;
      }
      NativeHistogram difference;
      if (w.histogramSize() == 1) {
        HistogramDifference.noteKind(w, call, counter);
        NativeHistogram only = w.histograms[w.histogramFrom];
        difference = HistogramMath.subtract(only, only).orElseThrow().histogram();
      } else {
        difference = HistogramDifference.of(w, call, counter, false);
      }
      if (difference != null) {
        out.set(step, Histograms.scaled(difference, factor));
      }
    }
  }
}
