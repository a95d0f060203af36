package io.foursight.model.traces;

import io.foursight.model.ErrorKind;
import java.util.ArrayList;
import java.util.List;

/// What became of one batch. A span that was already there counts as stored.
///
/// @param spans how many spans are stored
/// @param rejections the others, grouped by reason
public record TracesWriteResult(int spans, List<Rejection> rejections) {

  /// Why spans were refused.
  ///
  /// @param reason a metric label value in snake case, as Tempo names it: `rate_limited`,
  ///   `trace_too_large`, `live_traces_exceeded`, `invalid_trace_id`, ...
  /// @param kind `BAD_DATA` or `LIMIT_EXCEEDED`
  /// @param message names the value, the bound and the place of the first
  /// @param spans how many
  public record Rejection(String reason, ErrorKind kind, String message, int spans) {}

  public TracesWriteResult {
    rejections = List.copyOf(rejections);
  }

  public TracesWriteResult plus(TracesWriteResult other) {
    var all = new ArrayList<Rejection>(rejections);
    all.addAll(other.rejections);
    return new TracesWriteResult(spans + other.spans, all);
  }
}
