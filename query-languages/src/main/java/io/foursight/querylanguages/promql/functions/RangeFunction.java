package io.foursight.querylanguages.promql.functions;

import io.foursight.querylanguages.promql.series.StepSeries;

/// A function of a range vector: one kernel, called for each window of each series. Stateless.
@FunctionalInterface
public interface RangeFunction {
  /// Sets the result of one step, or leaves it empty.
  void step(RangeWindow window, RangeCall call, StepSeries out, int step);

  /// All steps of a series that has only floats, where that is faster than step by step.
  ///
  /// @return false when not supported for this call
  default boolean allSteps(
      RangeWindow window, WindowBorders borders, RangeCall call, double[] out) {
    return false;
  }
}
