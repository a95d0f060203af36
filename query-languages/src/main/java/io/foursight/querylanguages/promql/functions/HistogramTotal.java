package io.foursight.querylanguages.promql.functions;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.querylanguages.promql.ast.Position;
import io.foursight.querylanguages.promql.histogram.HistogramSum;
import io.foursight.querylanguages.promql.series.AnnotationSink;

/// A sum or a mean of histograms, and what is to be noted about it.
public final class HistogramTotal {
  private final HistogramSum sum;
  private boolean resetSeen;
  private boolean noResetSeen;

  public HistogramTotal(boolean average) {
    sum = new HistogramSum(average);
  }

  /// @return false when exponential and custom buckets meet; the total is then unusable
  public boolean add(NativeHistogram next) {
    resetSeen |= next.resetHint() == ResetHint.RESET;
    noResetSeen |= next.resetHint() == ResetHint.NOT_RESET;
    return sum.add(next);
  }

  /// Notes reconciled bounds and contradicting reset hints.
  public void annotate(AnnotationSink annotations, Position position) {
    if (resetSeen && noResetSeen) {
      annotations.warn("conflicting counter resets during histogram aggregation", position);
    }
    if (sum.reconciled()) {
      annotations.info("mismatched custom buckets were reconciled during aggregation", position);
    }
  }

  public NativeHistogram result() {
    return sum.result();
  }
}
