package io.foursight.queryfrontend.metrics;

import io.foursight.model.Labels;
import io.foursight.model.metrics.MetricsQueryResult.Matrix;
import io.foursight.model.metrics.MetricsQueryResult.RangeSeries;
import io.foursight.model.metrics.SampleColumns;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Cuts and joins matrices along time. Inputs are never changed; results may share columns with
/// them.
final class MatrixParts {
  private MatrixParts() {}

  /// The rows from `start` to `end`, both inclusive; series without any are left out.
  static Matrix slice(Matrix matrix, long start, long end) {
    var series = new ArrayList<RangeSeries>(matrix.series().size());
    for (RangeSeries each : matrix.series()) {
      SampleColumns samples = each.samples();
      int n = samples.size();
      if (n == 0) {
        continue;
      }
      if (samples.timestamp(0) >= start && samples.timestamp(n - 1) <= end) {
        series.add(each);
        continue;
      }
      var rows = new SampleColumns();
      for (int i = 0; i < n; i++) {
        if (samples.timestamp(i) >= start && samples.timestamp(i) <= end) {
          rows.addFrom(samples, i);
        }
      }
      if (!rows.isEmpty()) {
        series.add(new RangeSeries(each.labels(), rows));
      }
    }
    return new Matrix(series);
  }

  /// One matrix of several whose times follow each other, ascending by labels.
  static Matrix join(List<Matrix> parts) {
    List<Matrix> filled = parts.stream().filter(m -> !m.series().isEmpty()).toList();
    if (filled.isEmpty()) {
      return new Matrix(List.of());
    }
    if (filled.size() == 1) {
      return filled.getFirst();
    }
    Map<Labels, SampleColumns> joined = new HashMap<>();
    for (Matrix part : filled) {
      for (RangeSeries series : part.series()) {
        SampleColumns rows = joined.computeIfAbsent(series.labels(), l -> new SampleColumns());
        rows.reserve(rows.size() + series.samples().size());
        for (int i = 0; i < series.samples().size(); i++) {
          rows.addFrom(series.samples(), i);
        }
      }
    }
    return new Matrix(
        joined.entrySet().stream()
            .map(e -> new RangeSeries(e.getKey(), e.getValue()))
            .sorted(Comparator.comparing(RangeSeries::labels))
            .toList());
  }

  /// Rough heap bytes.
  static long sizeBytes(Matrix matrix) {
    long bytes = 0;
    for (RangeSeries series : matrix.series()) {
      bytes += 200 + 64L * series.labels().size() + series.samples().sizeBytes();
    }
    return bytes;
  }
}
