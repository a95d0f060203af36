package io.foursight.querylanguages.promql.eval;

import io.foursight.model.Labels;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.functions.FloatMean;
import io.foursight.querylanguages.promql.functions.HistogramTotal;
import io.foursight.querylanguages.promql.series.AnnotationSink;
import io.foursight.querylanguages.promql.series.StepSeries;

/// The aggregation of one group over all steps, fed one series after the other.
abstract class GroupAccumulator {
  final Expr.Aggregation expr;
  final AnnotationSink annotations;
  final StepSeries out;

  GroupAccumulator(Expr.Aggregation expr, StepSeries out, AnnotationSink annotations) {
    this.expr = expr;
    this.out = out;
    this.annotations = annotations;
  }

  static GroupAccumulator of(
      Expr.Aggregation expr,
      Labels labels,
      boolean dropName,
      int steps,
      AnnotationSink annotations) {
    var out = StepSeries.empty(labels, dropName, steps);
    return switch (expr.operator()) {
      case SUM -> new Sum(expr, out, annotations, false);
      case AVG -> new Sum(expr, out, annotations, true);
      case MIN -> new Extreme(expr, out, annotations, false);
      case MAX -> new Extreme(expr, out, annotations, true);
      case COUNT -> new Count(expr, out, annotations, false);
      case GROUP -> new Count(expr, out, annotations, true);
      case STDDEV -> new Variance(expr, out, annotations, true);
      case STDVAR -> new Variance(expr, out, annotations, false);
      case TOPK, BOTTOMK, COUNT_VALUES, QUANTILE, LIMITK, LIMIT_RATIO ->
          throw new IllegalArgumentException("not accumulated: " + expr.operator());
    };
  }

  abstract void add(StepSeries series);

  abstract StepSeries result();

  final void noteIgnoredHistogram() {
    annotations.info(
        "ignored histogram in " + expr.operator().word() + " aggregation", expr.expr().position());
  }

  /// Compensated sums (or means) of floats, and of histograms; a step that has both has no result.
  private static final class Sum extends GroupAccumulator {
    private final boolean average;
    private final double[] sums;
    private final double[] compensations;
    private final int[] counts;
    private FloatMean[] means;
    private HistogramTotal[] totals;
    private boolean[] failed;

    Sum(Expr.Aggregation expr, StepSeries out, AnnotationSink annotations, boolean average) {
      super(expr, out, annotations);
      this.average = average;
      this.sums = new double[out.steps()];
      this.compensations = new double[out.steps()];
      this.counts = new int[out.steps()];
    }

    @Override
    void add(StepSeries series) {
      double[] values = series.values();
      for (int step = 0; step < values.length; step++) {
        double x = values[step];
        if (StepSeries.isAbsent(x)) {
          continue;
        }
        if (means != null && means[step] != null) {
          means[step].add(x);
          counts[step]++;
          continue;
        }
        double sum = sums[step];
        double t = sum + x;
        if (!Double.isFinite(t)) {
          unbounded(step, x, t);
          continue;
        }
        compensations[step] += Math.abs(sum) >= Math.abs(x) ? sum - t + x : x - t + sum;
        sums[step] = t;
        counts[step]++;
      }
      if (series.hasHistograms()) {
        histograms(series);
      }
    }

    /// An infinity, a NaN or an overflow, from which a mean is computed another way.
    private void unbounded(int step, double x, double t) {
      if (average) {
        if (means == null) {
          means = new FloatMean[sums.length];
        }
        means[step] = FloatMean.of(sums[step], compensations[step], counts[step]);
        means[step].add(x);
      } else {
        if (Double.isInfinite(t)) {
          compensations[step] = 0;
        }
        sums[step] = t;
      }
      counts[step]++;
    }

    private void histograms(StepSeries series) {
      if (totals == null) {
        totals = new HistogramTotal[sums.length];
        failed = new boolean[sums.length];
      }
      for (int step = 0; step < sums.length; step++) {
        if (!series.isHistogram(step) || failed[step]) {
          continue;
        }
        if (totals[step] == null) {
          totals[step] = new HistogramTotal(average);
        }
        if (!totals[step].add(series.histogram(step).orElseThrow())) {
          failed[step] = true;
          annotations.warn(
              "vector contains a mix of histograms with exponential and custom buckets schemas",
              expr.expr().position());
        }
      }
    }

    @Override
    StepSeries result() {
      for (int step = 0; step < sums.length; step++) {
        boolean histogram = totals != null && totals[step] != null;
        if (counts[step] > 0 && histogram) {
          annotations.warn(
              "encountered a mix of histograms and floats for aggregation", expr.expr().position());
        } else if (histogram) {
          if (!failed[step]) {
            totals[step].annotate(annotations, expr.expr().position());
            out.set(step, totals[step].result());
          }
        } else if (counts[step] > 0) {
          out.set(step, floatResult(step));
        }
      }
      return out;
    }

    private double floatResult(int step) {
      if (means != null && means[step] != null) {
        return means[step].value();
      }
      double sum = sums[step] + compensations[step];
      return average ? sum / counts[step] : sum;
    }
  }

  private static final class Extreme extends GroupAccumulator {
    private final boolean max;

    Extreme(Expr.Aggregation expr, StepSeries out, AnnotationSink annotations, boolean max) {
      super(expr, out, annotations);
      this.max = max;
    }

    @Override
    void add(StepSeries series) {
      double[] best = out.values();
      for (int step = 0; step < best.length; step++) {
        double x = series.value(step);
        if (StepSeries.isAbsent(x)) {
          if (series.isHistogram(step)) {
            noteIgnoredHistogram();
          }
          continue;
        }
        double b = best[step];
        // Anything replaces an absent value or a NaN.
        if (Double.isNaN(b) || (max ? x > b : x < b)) {
          best[step] = x;
        }
      }
    }

    @Override
    StepSeries result() {
      return out;
    }
  }

  private static final class Count extends GroupAccumulator {
    private final boolean group;

    Count(Expr.Aggregation expr, StepSeries out, AnnotationSink annotations, boolean group) {
      super(expr, out, annotations);
      this.group = group;
    }

    @Override
    void add(StepSeries series) {
      double[] counts = out.values();
      for (int step = 0; step < counts.length; step++) {
        if (series.isPresent(step)) {
          counts[step] = group || StepSeries.isAbsent(counts[step]) ? 1 : counts[step] + 1;
        }
      }
    }

    @Override
    StepSeries result() {
      return out;
    }
  }

  /// Welford's running variance.
  private static final class Variance extends GroupAccumulator {
    private final boolean deviation;
    private final double[] means;
    private final double[] squares;
    private final int[] counts;

    Variance(Expr.Aggregation expr, StepSeries out, AnnotationSink annotations, boolean deviation) {
      super(expr, out, annotations);
      this.deviation = deviation;
      this.means = new double[out.steps()];
      this.squares = new double[out.steps()];
      this.counts = new int[out.steps()];
    }

    @Override
    void add(StepSeries series) {
      for (int step = 0; step < means.length; step++) {
        double x = series.value(step);
        if (StepSeries.isAbsent(x)) {
          if (series.isHistogram(step)) {
            noteIgnoredHistogram();
          }
          continue;
        }
        int n = ++counts[step];
        double delta = x - means[step];
        means[step] += delta / n;
        squares[step] += Double.isFinite(x) ? delta * (x - means[step]) : Double.NaN;
      }
    }

    @Override
    StepSeries result() {
      for (int step = 0; step < means.length; step++) {
        if (counts[step] > 0) {
          double variance = squares[step] / counts[step];
          out.set(step, deviation ? Math.sqrt(variance) : variance);
        }
      }
      return out;
    }
  }
}
