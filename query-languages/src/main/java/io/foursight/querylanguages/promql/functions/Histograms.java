package io.foursight.querylanguages.promql.functions;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.querylanguages.promql.histogram.HistogramMath;

/// What rates do with histograms, beyond plain arithmetic.
final class Histograms {
  private Histograms() {}

  /// Multiplied, and a gauge.
  static NativeHistogram scaled(NativeHistogram h, double factor) {
    return HistogramMath.multiply(h, factor).withResetHint(ResetHint.GAUGE);
  }

  /// Between two samples, for `smoothed`; a counter rises from zero across a reset.
  static NativeHistogram interpolate(
      NativeHistogram low, NativeHistogram high, double fraction, boolean counter) {
    if (counter && HistogramMath.isReset(low, high)) {
      return HistogramMath.multiply(high, fraction);
    }
    var difference = HistogramMath.subtract(high, low).orElseThrow().histogram();
    return HistogramMath.add(low, HistogramMath.multiply(difference, fraction))
        .orElseThrow()
        .histogram()
        .withResetHint(low.resetHint());
  }
}
