package io.foursight.querylanguages.promql.functions;

import io.foursight.querylanguages.promql.series.StepSeries;

/// `sum_over_time` and `avg_over_time`, of floats or of histograms; a mix of both has no result.
final class SumOverTime implements RangeFunction {
  private final boolean average;

  SumOverTime(boolean average) {
    this.average = average;
  }

  @Override
  public void step(RangeWindow w, RangeCall call, StepSeries out, int step) {
    if (w.isMixed()) {
      call.warnMixed(w.labels);
    } else if (w.floatSize() > 0) {
      out.set(step, floats(w.floats, w.floatFrom, w.floatTo));
    } else if (w.histogramSize() > 0) {
      var sum = new HistogramTotal(average);
      for (int i = w.histogramFrom; i < w.histogramTo; i++) {
        if (!sum.add(w.histograms[i])) {
          call.warn(HistogramDifference.mixedSchemas(w.labels));
          return;
        }
      }
      sum.annotate(call.annotations(), call.position());
      out.set(step, sum.result());
    }
  }

  @Override
  public boolean allSteps(RangeWindow w, WindowBorders borders, RangeCall call, double[] out) {
    int[] from = borders.from();
    int[] to = borders.to();
    for (int step = 0; step < out.length; step++) {
      if (to[step] > from[step]) {
        out[step] = floats(w.floats, from[step], to[step]);
      }
    }
    return true;
  }

  private double floats(double[] v, int from, int to) {
    return average ? mean(v, from, to) : sum(v, from, to);
  }

  static double sum(double[] v, int from, int to) {
    double sum = 0;
    double c = 0;
    for (int i = from; i < to; i++) {
      double x = v[i];
      double t = sum + x;
      double big = Math.abs(sum) >= Math.abs(x) ? sum : x;
      double small = Math.abs(sum) >= Math.abs(x) ? x : sum;
      c += big - t + small;
      sum = t;
    }
    // Infinities turn the compensation into NaN; they need none.
    return Double.isFinite(sum) ? sum + c : infiniteSum(v, from, to);
  }

  private static double infiniteSum(double[] v, int from, int to) {
    var sum = new KahanSum();
    for (int i = from; i < to; i++) {
      sum.add(v[i]);
    }
    return sum.value();
  }

  /// The sum over the count; the running mean from where the sum overflows.
  static double mean(double[] v, int from, int to) {
    double sum = sum(v, from, to);
    if (Double.isFinite(sum)) {
      return sum / (to - from);
    }
    var mean = new FloatMean();
    for (int i = from; i < to; i++) {
      mean.add(v[i]);
    }
    return mean.value();
  }
}
