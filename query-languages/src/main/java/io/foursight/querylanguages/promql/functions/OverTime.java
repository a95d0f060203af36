package io.foursight.querylanguages.promql.functions;

import io.foursight.querylanguages.promql.series.StepSeries;
import java.util.Arrays;

/// Functions of the floats of a window; histograms beside them are ignored with an info.
final class OverTime implements RangeFunction {
  /// One value of rows `from..to-1`, at least one.
  interface Kernel {
    double apply(RangeWindow w, int from, int to, RangeCall call, int step);
  }

  private final Kernel kernel;
  private final int minimum;
  private final boolean bulk;

  private OverTime(Kernel kernel, int minimum, boolean bulk) {
    this.kernel = kernel;
    this.minimum = minimum;
    this.bulk = bulk;
  }

  static OverTime of(Kernel kernel) {
    return new OverTime(kernel, 1, true);
  }

  /// Needs at least two floats.
  static OverTime ofTwo(Kernel kernel) {
    return new OverTime(kernel, 2, true);
  }

  @Override
  public void step(RangeWindow w, RangeCall call, StepSeries out, int step) {
    int n = w.floatSize();
    if (n > 0 && w.histogramSize() > 0) {
      call.infoIgnoredHistograms(w.labels);
    }
    if (n >= minimum) {
      out.set(step, kernel.apply(w, w.floatFrom, w.floatTo, call, step));
    }
  }

  @Override
  public boolean allSteps(RangeWindow w, WindowBorders borders, RangeCall call, double[] out) {
    if (!bulk) {
      return false;
    }
    int[] from = borders.from();
    int[] to = borders.to();
    for (int step = 0; step < out.length; step++) {
      if (to[step] - from[step] >= minimum) {
        out[step] = kernel.apply(w, from[step], to[step], call, step);
      }
    }
    return true;
  }

  static double min(RangeWindow w, int from, int to, RangeCall call, int step) {
    double[] v = w.floats;
    double min = v[from];
    for (int i = from + 1; i < to; i++) {
      if (v[i] < min || Double.isNaN(min)) {
        min = v[i];
      }
    }
    return min;
  }

  static double max(RangeWindow w, int from, int to, RangeCall call, int step) {
    double[] v = w.floats;
    double max = v[from];
    for (int i = from + 1; i < to; i++) {
      if (v[i] > max || Double.isNaN(max)) {
        max = v[i];
      }
    }
    return max;
  }

  /// Of the last sample with the least value, in seconds.
  static double timeOfMin(RangeWindow w, int from, int to, RangeCall call, int step) {
    int best = from;
    for (int i = from + 1; i < to; i++) {
      if (w.floats[i] <= w.floats[best] || Double.isNaN(w.floats[best])) {
        best = i;
      }
    }
    return w.floatTimes[best] / 1000.0;
  }

  static double timeOfMax(RangeWindow w, int from, int to, RangeCall call, int step) {
    int best = from;
    for (int i = from + 1; i < to; i++) {
      if (w.floats[i] >= w.floats[best] || Double.isNaN(w.floats[best])) {
        best = i;
      }
    }
    return w.floatTimes[best] / 1000.0;
  }

  static double standardDeviation(RangeWindow w, int from, int to, RangeCall call, int step) {
    return Math.sqrt(variance(w, from, to, call, step));
  }

  static double variance(RangeWindow w, int from, int to, RangeCall call, int step) {
    var mean = new KahanSum();
    var squares = new KahanSum();
    double count = 0;
    for (int i = from; i < to; i++) {
      double v = w.floats[i];
      count++;
      double delta = v - mean.value();
      mean.add(delta / count);
      squares.add(delta * (v - mean.value()));
    }
    return squares.value() / count;
  }

  /// Its first parameter is the quantile.
  static double quantile(RangeWindow w, int from, int to, RangeCall call, int step) {
    double q = call.scalar(0, step);
    if (!(q >= 0 && q <= 1)) {
      call.annotations()
          .warn(
              "quantile value should be between 0 and 1, got " + AnnotationTexts.number(q),
              call.parameter());
    }
    return Quantile.of(q, Arrays.copyOfRange(w.floats, from, to));
  }

  /// Median of the distances to the median; NaN as soon as one value is.
  static double medianAbsoluteDeviation(RangeWindow w, int from, int to, RangeCall call, int step) {
    double[] v = Arrays.copyOfRange(w.floats, from, to);
    for (double x : v) {
      if (Double.isNaN(x)) {
        return Double.NaN;
      }
    }
    double median = Quantile.of(0.5, v.clone());
    for (int i = 0; i < v.length; i++) {
      v[i] = Math.abs(v[i] - median);
    }
    return Quantile.of(0.5, v);
  }
}
