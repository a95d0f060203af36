package io.foursight.querylanguages.promql.functions;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.querylanguages.promql.histogram.HistogramStatistics;
import io.foursight.querylanguages.promql.series.SeriesStream;
import io.foursight.querylanguages.promql.series.StepSeries;
import io.foursight.querylanguages.text.GoFloats;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// The `histogram_*` functions. Those of one value look at native histograms only; quantiles and
/// fractions also at classic ones.
final class HistogramFunctions {
  private HistogramFunctions() {}

  static Map<String, VectorFunction> all() {
    var all = new HashMap<String, VectorFunction>();
    all.put("histogram_count", of(NativeHistogram::count));
    all.put("histogram_sum", of(NativeHistogram::sum));
    all.put("histogram_avg", of(h -> h.sum() / h.count()));
    all.put("histogram_stdvar", of(HistogramStatistics::variance));
    all.put("histogram_stddev", of(h -> Math.sqrt(HistogramStatistics.variance(h))));
    all.put("histogram_quantile", HistogramFunctions::quantile);
    all.put("histogram_quantiles", HistogramFunctions::quantiles);
    all.put("histogram_fraction", HistogramFunctions::fraction);
    return all;
  }

  private static VectorFunction of(ToDoubleFunction<NativeHistogram> value) {
    return call ->
        MathFunctions.merged(
            call,
            call.vector(0)
                .map(series -> {
                  var out = StepSeries.empty(series.labels(), series.dropName(), series.steps());
                  for (int step = 0; step < series.steps(); step++) {
                    if (series.isHistogram(step)) {
                      out.set(step, value.applyAsDouble(series.histogram(step).orElseThrow()));
                    }
                  }
                  return call.dropName(out);
                }));
  }

  private static double[] quantileArgument(FunctionCall call, int argument) {
    double[] q = call.scalar(argument);
    for (double value : q) {
      if (!(value >= 0 && value <= 1)) {
        call.annotations()
            .warn(
                "quantile value should be between 0 and 1, got " + AnnotationTexts.number(value),
                call.position(argument));
      }
    }
    return q;
  }

  private static SeriesStream quantile(FunctionCall call) {
    double[] q = quantileArgument(call, 0);
    var notes = new HistogramNotes(call, 1);
    var results = new ArrayList<StepSeries>();
    for (HistogramGroup group : HistogramGroup.of(call, 1)) {
      var out = StepSeries.empty(group.labels(), false, q.length);
      for (int step = 0; step < q.length; step++) {
        if (group.load(step, notes)) {
          out.set(step, group.quantile(q[step], step, notes));
        }
      }
      results.add(call.dropName(out));
    }
    notes.finish();
    return call.merged(results);
  }

  private static SeriesStream quantiles(FunctionCall call) {
    String label = call.text(1);
    var quantiles = new ArrayList<double[]>();
    for (int i = 2; i < call.argumentCount(); i++) {
      quantiles.add(quantileArgument(call, i));
    }
    var notes = new HistogramNotes(call, 0);
    var results = new ArrayList<StepSeries>();
    int steps = call.steps().count();
    for (HistogramGroup group : HistogramGroup.of(call, 0)) {
      for (double[] q : quantiles) {
        // A quantile that changes from step to step is a label that does.
        var byText = new LinkedHashMap<String, StepSeries>();
        for (int step = 0; step < steps; step++) {
          if (group.load(step, notes)) {
            double value = group.quantile(q[step], step, notes);
            byText
                .computeIfAbsent(
                    openMetrics(q[step]),
                    text -> StepSeries.empty(group.labels().with(label, text), false, steps))
                .set(step, value);
          }
        }
        byText.values().forEach(s -> results.add(call.dropName(s)));
      }
    }
    notes.finish();
    return call.merged(results);
  }

  /// As OpenMetrics writes bounds: whole numbers with `.0`.
  private static String openMetrics(double value) {
    String text = GoFloats.general(value);
    return Double.isFinite(value) && text.indexOf('.') < 0 && text.indexOf('e') < 0
        ? text + ".0"
        : text;
  }

  private static SeriesStream fraction(FunctionCall call) {
    double[] lower = call.scalar(0);
    double[] upper = call.scalar(1);
    var notes = new HistogramNotes(call, 2);
    var results = new ArrayList<StepSeries>();
    for (HistogramGroup group : HistogramGroup.of(call, 2)) {
      var out = StepSeries.empty(group.labels(), false, lower.length);
      for (int step = 0; step < lower.length; step++) {
        if (group.load(step, notes)) {
          out.set(step, group.fraction(lower[step], upper[step], notes));
        }
      }
      results.add(call.dropName(out));
    }
    notes.finish();
    return call.merged(results);
  }
}
