package io.foursight.querylanguages.promql.functions;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.util.Locale;

/// `deriv`, `predict_linear` (least squares) and `double_exponential_smoothing`; two floats at
/// least.
final class Regression {
  private Regression() {}

  static double derivative(RangeWindow w, int from, int to, RangeCall call, int step) {
    return line(w, from, to, w.floatTimes[from])[0];
  }

  /// The value of the line at the time of the step plus the parameter's seconds.
  static double prediction(RangeWindow w, int from, int to, RangeCall call, int step) {
    double[] line = line(w, from, to, call.steps().time(step));
    return line[0] * call.scalar(0, step) + line[1];
  }

  /// Slope in value per second, and the value at `origin`.
  private static double[] line(RangeWindow w, int from, int to, long origin) {
    double n = 0;
    var sumX = new KahanSum();
    var sumY = new KahanSum();
    var sumXy = new KahanSum();
    var sumXx = new KahanSum();
    double initial = w.floats[from];
    boolean constant = true;
    for (int i = from; i < to; i++) {
      double y = w.floats[i];
      constant &= i == from || y == initial;
      n++;
      double x = (w.floatTimes[i] - origin) / 1000.0;
      sumX.add(x);
      sumY.add(y);
      sumXy.add(x * y);
      sumXx.add(x * x);
    }
    if (constant) {
      return Double.isInfinite(initial)
          ? new double[] {Double.NaN, Double.NaN}
          : new double[] {0, initial};
    }
    double x = sumX.value();
    double y = sumY.value();
    double covariance = sumXy.value() - x * y / n;
    double variance = sumXx.value() - x * x / n;
    double slope = covariance / variance;
    return new double[] {slope, y / n - slope * x / n};
  }

  /// `double_exponential_smoothing`. Its factors are checked wherever there is any sample, two or
  /// more are smoothed.
  static RangeFunction smoothing() {
    RangeFunction smoothed = OverTime.ofTwo(Regression::doubleExponential);
    return (w, call, out, step) -> {
      if (w.floatSize() + w.histogramSize() > 0) {
        factor("smoothing", "sf", call.scalar(0, step));
        factor("trend", "tf", call.scalar(1, step));
      }
      smoothed.step(w, call, out, step);
    };
  }

  private static double doubleExponential(
      RangeWindow w, int from, int to, RangeCall call, int step) {
    double smoothing = factor("smoothing", "sf", call.scalar(0, step));
    double trend = factor("trend", "tf", call.scalar(1, step));
    double[] v = w.floats;
    double before = 0;
    double level = v[from];
    double slope = v[from + 1] - v[from];
    for (int i = from + 1; i < to; i++) {
      double scaled = smoothing * v[i];
      if (i > from + 1) {
        slope = trend * (level - before) + (1 - trend) * slope;
      }
      before = level;
      level = scaled + (1 - smoothing) * (level + slope);
    }
    return level;
  }

  private static double factor(String what, String symbol, double value) {
    if (!(value > 0 && value < 1)) {
      throw new FoursightException(
          ErrorKind.EXECUTION,
          String.format(
              Locale.ROOT,
              "invalid %s factor. Expected: 0 < %s < 1, got: %f",
              what,
              symbol,
              value));
    }
    return value;
  }
}
