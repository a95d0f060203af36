package io.foursight.model.traces;

import java.util.List;

/// One series of a TraceQL metrics answer.
///
/// @param labels in the order of `by`, after `__name__`
/// @param timestampsMillis ascending; no entry where there is a gap
/// @param values beside them
public record TracesSeries(
    List<FoundTrace.Attribute> labels,
    long[] timestampsMillis,
    double[] values,
    List<Exemplar> exemplars) {

  /// @param labels `trace:id` first, then the labels of the series
  public record Exemplar(List<FoundTrace.Attribute> labels, double value, long timestampMillis) {
    public Exemplar {
      labels = List.copyOf(labels);
    }
  }

  public TracesSeries {
    labels = List.copyOf(labels);
    exemplars = List.copyOf(exemplars);
  }
}
