package io.foursight.querylanguages.promql.functions;

import io.foursight.querylanguages.promql.series.StepSeries;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The functions of range vectors by name, all but `absent_over_time`, which looks at many series
/// at once.
public final class RangeFunctions {
  private static final Set<String> NAME_KEEPERS = Set.of("last_over_time", "first_over_time");
  private static final Map<String, RangeFunction> ALL =
      Map.ofEntries(
          Map.entry("rate", new Rate(true, true)),
          Map.entry("increase", new Rate(true, false)),
          Map.entry("delta", new Rate(false, false)),
          Map.entry("irate", new InstantRate(true)),
          Map.entry("idelta", new InstantRate(false)),
          Map.entry("changes", new Transitions(false)),
          Map.entry("resets", new Transitions(true)),
          Map.entry("sum_over_time", new SumOverTime(false)),
          Map.entry("avg_over_time", new SumOverTime(true)),
          Map.entry("min_over_time", OverTime.of(OverTime::min)),
          Map.entry("max_over_time", OverTime.of(OverTime::max)),
          Map.entry("ts_of_min_over_time", OverTime.of(OverTime::timeOfMin)),
          Map.entry("ts_of_max_over_time", OverTime.of(OverTime::timeOfMax)),
          Map.entry("stddev_over_time", OverTime.of(OverTime::standardDeviation)),
          Map.entry("stdvar_over_time", OverTime.of(OverTime::variance)),
          Map.entry("quantile_over_time", OverTime.of(OverTime::quantile)),
          Map.entry("mad_over_time", OverTime.of(OverTime::medianAbsoluteDeviation)),
          Map.entry("deriv", OverTime.ofTwo(Regression::derivative)),
          Map.entry("predict_linear", OverTime.ofTwo(Regression::prediction)),
          Map.entry("double_exponential_smoothing", Regression.smoothing()),
          Map.entry("count_over_time", RangeFunctions::count),
          Map.entry("present_over_time", RangeFunctions::present),
          Map.entry("last_over_time", RangeFunctions::last),
          Map.entry("first_over_time", RangeFunctions::first),
          Map.entry("ts_of_last_over_time", RangeFunctions::timeOfLast),
          Map.entry("ts_of_first_over_time", RangeFunctions::timeOfFirst));

  private RangeFunctions() {}

  public static Optional<RangeFunction> find(String name) {
    return Optional.ofNullable(ALL.get(name));
  }

  /// Whether results keep the metric name.
  public static boolean keepsName(String name) {
    return NAME_KEEPERS.contains(name);
  }

  private static void count(RangeWindow w, RangeCall call, StepSeries out, int step) {
    if (!w.isEmpty()) {
      out.set(step, w.floatSize() + w.histogramSize());
    }
  }

  private static void present(RangeWindow w, RangeCall call, StepSeries out, int step) {
    if (!w.isEmpty()) {
      out.set(step, 1);
    }
  }

  private static boolean isLastFloat(RangeWindow w) {
    return w.floatSize() > 0
        && (w.histogramSize() == 0
            || w.floatTimes[w.floatTo - 1] > w.histogramTimes[w.histogramTo - 1]);
  }

  private static boolean isFirstFloat(RangeWindow w) {
    return w.floatSize() > 0
        && (w.histogramSize() == 0
            || w.floatTimes[w.floatFrom] < w.histogramTimes[w.histogramFrom]);
  }

  private static void last(RangeWindow w, RangeCall call, StepSeries out, int step) {
    if (isLastFloat(w)) {
      out.set(step, w.floats[w.floatTo - 1]);
    } else if (!w.isEmpty()) {
      out.set(step, w.histograms[w.histogramTo - 1]);
    }
  }

  private static void first(RangeWindow w, RangeCall call, StepSeries out, int step) {
    if (isFirstFloat(w)) {
      out.set(step, w.floats[w.floatFrom]);
    } else if (!w.isEmpty()) {
      out.set(step, w.histograms[w.histogramFrom]);
    }
  }

  private static void timeOfLast(RangeWindow w, RangeCall call, StepSeries out, int step) {
    if (!w.isEmpty()) {
      long time =
          isLastFloat(w) ? w.floatTimes[w.floatTo - 1] : w.histogramTimes[w.histogramTo - 1];
      out.set(step, time / 1000.0);
    }
  }

  private static void timeOfFirst(RangeWindow w, RangeCall call, StepSeries out, int step) {
    if (!w.isEmpty()) {
      long time = isFirstFloat(w) ? w.floatTimes[w.floatFrom] : w.histogramTimes[w.histogramFrom];
      out.set(step, time / 1000.0);
    }
  }
}
