package io.foursight.querylanguages.traceql.eval;

import java.util.List;

/// The first stage of a metrics query: takes spans one after the other, then makes series.
interface SpanCounter {
  /// @param step at which the span counts
  void add(Rows rows, int row, int step);

  List<StepSeries> series();
}
