package io.foursight.querylanguages.promql.functions;

import io.foursight.querylanguages.promql.series.SeriesStream;

/// A function that yields an instant vector and takes no range vector, for all steps at once.
/// Stateless.
@FunctionalInterface
public interface VectorFunction {
  /// Must not return a label set twice where both have a value at a step, unless it asks
  /// [FunctionCall#merged].
  SeriesStream apply(FunctionCall call);
}
