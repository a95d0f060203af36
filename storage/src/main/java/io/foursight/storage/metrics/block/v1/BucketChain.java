package io.foursight.storage.metrics.block.v1;

import io.foursight.model.Labels;
import io.foursight.model.metrics.SampleColumns;

/// Remembers the series written last, to tell whether the next one is the next bucket of the same
/// classic histogram at the same times.
final class BucketChain {
  private Labels labels = Labels.EMPTY;
  private TimestampColumns.Place place = new TimestampColumns.Place(-1, 0, true);
  private double[] values = {};
  private double[] scratch = {};
  private int rows;
  private int depth;

  void reset() {
    rows = 0;
    depth = 0;
  }

  /// Values of the series before, row by row.
  double[] lower() {
    return values;
  }

  double[] scratch(int n) {
    if (scratch.length < n) {
      scratch = new double[Math.max(n, 2 * scratch.length)];
    }
    return scratch;
  }

  boolean follows(Labels next, SampleColumns samples, TimestampColumns.Place at) {
    return rows == samples.size()
        && depth < MetricsBlockFormat.MAX_BUCKET_DEPTH
        && place.equals(at)
        && isPlain(samples)
        && sameHistogram(labels, next);
  }

  private static boolean sameHistogram(Labels a, Labels b) {
    if (a.size() != b.size() || !a.has(SeriesOrder.BUCKET_LABEL)) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!a.name(i).equals(b.name(i))
          || (!a.name(i).equals(SeriesOrder.BUCKET_LABEL) && !a.value(i).equals(b.value(i)))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlain(SampleColumns samples) {
    return !samples.hasHistograms() && !samples.hasStartTimestamps();
  }

  void keep(
      Labels written, SampleColumns samples, TimestampColumns.Place at, boolean asDifference) {
    if (!isPlain(samples) || !written.has(SeriesOrder.BUCKET_LABEL)) {
      reset();
      return;
    }
    labels = written;
    place = at;
    rows = samples.size();
    depth = asDifference ? depth + 1 : 0;
    if (values.length < rows) {
      values = new double[Math.max(rows, 2 * values.length)];
    }
    System.arraycopy(samples.values(), 0, values, 0, rows);
  }
}
