package io.foursight.querylanguages.promql.eval;

import io.foursight.model.Labels;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.querylanguages.promql.histogram.HistogramMath;

/// Gives histograms without a hint about a counter reset one, by comparison with the histogram
/// before, as Prometheus does where only counts and sums are read: contradicting hints are then
/// noticed there and nowhere else.
record ResetFinder(SeriesCursor cursor) implements SeriesCursor {
  @Override
  public boolean next() {
    return cursor.next();
  }

  @Override
  public Labels labels() {
    return cursor.labels();
  }

  @Override
  public void samples(SampleColumns into) {
    cursor.samples(into);
    if (!into.hasHistograms()) {
      return;
    }
    var hinted = new SampleColumns();
    NativeHistogram before = null;
    for (int row = 0; row < into.size(); row++) {
      if (!into.isHistogram(row)) {
        hinted.addFrom(into, row);
        continue;
      }
      NativeHistogram h = into.histogram(row);
      NativeHistogram previous = before;
      if (!h.isStale()) {
        before = h;
        if (previous != null && h.resetHint() == ResetHint.UNKNOWN) {
          h =
              h.withResetHint(
                  HistogramMath.isReset(previous, h) ? ResetHint.RESET : ResetHint.NOT_RESET);
        }
      }
      hinted.add(into.timestamp(row), into.startTimestamp(row), h);
    }
    into.clear();
    for (int row = 0; row < hinted.size(); row++) {
      into.addFrom(hinted, row);
    }
  }

  @Override
  public void close() {
    cursor.close();
  }
}
