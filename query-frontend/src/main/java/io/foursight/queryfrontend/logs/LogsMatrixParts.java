package io.foursight.queryfrontend.logs;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsQueryResult.Matrix;
import io.foursight.model.logs.LogsQueryResult.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Cuts and joins matrices along time. Inputs are never changed; results may share columns with
/// them.
final class LogsMatrixParts {
  private LogsMatrixParts() {}

  /// The steps from `start` to `end`, both inclusive; series without any are left out.
  static Matrix slice(Matrix matrix, long start, long end) {
    var series = new ArrayList<Series>(matrix.series().size());
    for (Series each : matrix.series()) {
      long[] times = each.timestampsNanos();
      int from = place(times, start);
      int to = end == Long.MAX_VALUE ? times.length : place(times, end + 1);
      if (from == 0 && to == times.length) {
        series.add(each);
      } else if (from < to) {
        series.add(
            new Series(
                each.labels(),
                Arrays.copyOfRange(times, from, to),
                Arrays.copyOfRange(each.values(), from, to)));
      }
    }
    return new Matrix(series);
  }

  private static int place(long[] times, long time) {
    int found = Arrays.binarySearch(times, time);
    return found >= 0 ? found : -found - 1;
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
    Map<Labels, List<Series>> byLabels = new TreeMap<>();
    for (Matrix part : filled) {
      for (Series series : part.series()) {
        byLabels.computeIfAbsent(series.labels(), l -> new ArrayList<>()).add(series);
      }
    }
    return new Matrix(byLabels.values().stream().map(LogsMatrixParts::chained).toList());
  }

  private static Series chained(List<Series> pieces) {
    if (pieces.size() == 1) {
      return pieces.getFirst();
    }
    int steps = pieces.stream().mapToInt(s -> s.values().length).sum();
    var times = new long[steps];
    var values = new double[steps];
    int at = 0;
    for (Series piece : pieces) {
      int n = piece.values().length;
      System.arraycopy(piece.timestampsNanos(), 0, times, at, n);
      System.arraycopy(piece.values(), 0, values, at, n);
      at += n;
    }
    return new Series(pieces.getFirst().labels(), times, values);
  }

  /// Rough heap bytes.
  static long sizeBytes(Matrix matrix) {
    long bytes = 0;
    for (Series series : matrix.series()) {
      bytes += 120 + 64L * series.labels().size() + 16L * series.values().length;
    }
    return bytes;
  }
}
