package io.foursight.model.profiles;

import io.foursight.model.ErrorKind;
import java.util.ArrayList;
import java.util.List;

/// What became of one batch. A profile that was already there counts as stored.
///
/// @param profiles how many are stored
/// @param rejections the others, grouped by reason
public record ProfilesWriteResult(int profiles, List<Rejection> rejections) {

  /// Why profiles were refused.
  ///
  /// @param reason a metric label value in snake case, as Pyroscope names it: `series_limit`,
  ///   `not_in_ingestion_window`, `max_label_names_per_series`, ...
  /// @param kind `BAD_DATA` or `LIMIT_EXCEEDED`
  /// @param message names the value, the bound and the place of the first
  /// @param profiles how many
  public record Rejection(String reason, ErrorKind kind, String message, int profiles) {}

  public ProfilesWriteResult {
    rejections = List.copyOf(rejections);
  }

  public ProfilesWriteResult plus(ProfilesWriteResult other) {
    var all = new ArrayList<Rejection>(rejections);
    all.addAll(other.rejections);
    return new ProfilesWriteResult(profiles + other.profiles, all);
  }
}
