package io.foursight.querylanguages.promql.functions;

import io.foursight.querylanguages.promql.series.SeriesStream;
import io.foursight.querylanguages.promql.series.StepSeries;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/// Functions of one float each: histograms are left out, names dropped.
final class MathFunctions {
  private MathFunctions() {}

  static Map<String, VectorFunction> all() {
    var all = new HashMap<String, VectorFunction>();
    all.put("abs", of(Math::abs));
    all.put("ceil", of(Math::ceil));
    all.put("floor", of(Math::floor));
    all.put("exp", of(Math::exp));
    all.put("sqrt", of(Math::sqrt));
    all.put("ln", of(Math::log));
    all.put("log2", of(MathFunctions::log2));
    all.put("log10", of(Math::log10));
    all.put("sgn", of(v -> v > 0 ? 1 : v < 0 ? -1 : v));
    all.put("deg", of(v -> v * 180 / Math.PI));
    all.put("rad", of(v -> v * Math.PI / 180));
    all.put("sin", of(Math::sin));
    all.put("cos", of(Math::cos));
    all.put("tan", of(Math::tan));
    all.put("asin", of(Math::asin));
    all.put("acos", of(Math::acos));
    all.put("atan", of(Math::atan));
    all.put("sinh", of(Math::sinh));
    all.put("cosh", of(Math::cosh));
    all.put("tanh", of(Math::tanh));
    all.put("asinh", of(MathFunctions::asinh));
    all.put("acosh", of(v -> Math.log(v + Math.sqrt(v * v - 1))));
    all.put("atanh", of(v -> 0.5 * Math.log1p(2 * v / (1 - v))));
    all.put("round", MathFunctions::round);
    all.put("clamp", MathFunctions::clamp);
    all.put("clamp_min", call -> bounded(call, true));
    all.put("clamp_max", call -> bounded(call, false));
    return all;
  }

  private static double log2(double v) {
    // Exact for powers of two, which a quotient of logarithms is not.
    if (v > 0 && !Double.isInfinite(v)) {
      int exponent = Math.getExponent(v);
      if (exponent >= Double.MIN_EXPONENT && v == Math.scalb(1.0, exponent)) {
        return exponent;
      }
    }
    return Math.log(v) / Math.log(2);
  }

  private static double asinh(double v) {
    if (v == 0 || !Double.isFinite(v)) {
      return v;
    }
    double a = Math.abs(v);
    return Math.copySign(Math.log1p(a + a * a / (1 + Math.sqrt(a * a + 1))), v);
  }

  static VectorFunction of(DoubleUnaryOperator operator) {
    return call -> merged(call, call.vector(0).map(s -> apply(call, s, operator)));
  }

  private static StepSeries apply(
      FunctionCall call, StepSeries series, DoubleUnaryOperator operator) {
    var out = StepSeries.empty(series.labels(), series.dropName(), series.steps());
    for (int step = 0; step < series.steps(); step++) {
      if (series.isFloat(step)) {
        out.set(step, operator.applyAsDouble(series.value(step)));
      }
    }
    return call.dropName(out);
  }

  /// Series whose names are gone now may be equal.
  static SeriesStream merged(FunctionCall call, SeriesStream stream) {
    return call.dropsNamesNow() ? call.merged(stream.drain()) : stream;
  }

  /// Operators that need the step.
  interface StepOperator {
    double apply(double value, int step);
  }

  private static SeriesStream stepwise(FunctionCall call, StepOperator operator) {
    return merged(
        call,
        call.vector(0)
            .map(series -> {
              var out = StepSeries.empty(series.labels(), series.dropName(), series.steps());
              for (int step = 0; step < series.steps(); step++) {
                if (series.isFloat(step)) {
                  double v = operator.apply(series.value(step), step);
                  out.set(step, v);
                }
              }
              return call.dropName(out);
            }));
  }

  private static SeriesStream round(FunctionCall call) {
    if (call.argumentCount() == 1) {
      return stepwise(call, (v, _) -> Math.floor(v + 0.5));
    }
    double[] nearest = call.scalar(1);
    // Dividing by the inverse is exact for 0.1 and its like.
    return stepwise(
        call,
        (v, step) -> {
          double inverse = 1.0 / nearest[step];
          return Math.floor(v * inverse + 0.5) / inverse;
        });
  }

  private static SeriesStream clamp(FunctionCall call) {
    double[] min = call.scalar(1);
    double[] max = call.scalar(2);
    return stepwise(
        call,
        (v, step) ->
            max[step] < min[step]
                ? StepSeries.ABSENT
                : Math.max(min[step], Math.min(max[step], v)));
  }

  private static SeriesStream bounded(FunctionCall call, boolean below) {
    double[] bound = call.scalar(1);
    return stepwise(call, (v, step) -> below ? Math.max(bound[step], v) : Math.min(bound[step], v));
  }
}
