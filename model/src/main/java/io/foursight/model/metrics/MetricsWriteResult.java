package io.foursight.model.metrics;

import io.foursight.model.ErrorKind;
import java.util.ArrayList;
import java.util.List;

/// What became of one batch. Counts are of items stored by this call; a sample that was already
/// there with the same value counts as stored.
public record MetricsWriteResult(
    int samples, int histograms, int exemplars, List<Rejection> rejections) {

  /// Why items were refused.
  ///
  /// @param reason a metric label value in snake case: `sample_duplicate_timestamp`,
  ///   `max_series_per_user`, ...
  /// @param kind `BAD_DATA` or `LIMIT_EXCEEDED`
  /// @param message names the value, the bound and the place (the series) for the first item of
  ///   this reason
  /// @param count how many samples, histograms or exemplars
  public record Rejection(String reason, ErrorKind kind, String message, int count) {}

  public MetricsWriteResult {
    rejections = List.copyOf(rejections);
  }

  public MetricsWriteResult plus(MetricsWriteResult other) {
    var all = new ArrayList<Rejection>(rejections);
    all.addAll(other.rejections);
    return new MetricsWriteResult(
        samples + other.samples, histograms + other.histograms, exemplars + other.exemplars, all);
  }
}
