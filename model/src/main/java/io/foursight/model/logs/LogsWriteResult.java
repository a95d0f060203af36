package io.foursight.model.logs;

import io.foursight.model.ErrorKind;
import java.util.ArrayList;
import java.util.List;

/// What became of one batch. An entry that was already there counts as stored.
///
/// @param entries how many entries are stored
/// @param rejections the others, grouped by reason and stream
public record LogsWriteResult(int entries, List<Rejection> rejections) {

  /// Why entries of one stream were refused.
  ///
  /// @param reason a metric label value in snake case, as Loki names it: `line_too_long`,
  ///   `greater_than_max_sample_age`, `stream_limit`, ...
  /// @param kind `BAD_DATA` or `LIMIT_EXCEEDED`
  /// @param message names the value, the bound and the place (the stream, the time) of the first
  /// @param count entries
  /// @param bytes of their lines and structured metadata
  public record Rejection(String reason, ErrorKind kind, String message, int count, long bytes) {}

  public LogsWriteResult {
    rejections = List.copyOf(rejections);
  }

  public LogsWriteResult plus(LogsWriteResult other) {
    var all = new ArrayList<Rejection>(rejections);
    all.addAll(other.rejections);
    return new LogsWriteResult(entries + other.entries, all);
  }
}
