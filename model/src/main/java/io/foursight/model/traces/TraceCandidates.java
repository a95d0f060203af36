package io.foursight.model.traces;

import java.util.List;

/// Traces that may answer a select, newest first.
///
/// @param candidates descending by time, equal times ascending by id; each trace once
/// @param complete whether these are all; else there may be more whose time is not after the last
///   one's
public record TraceCandidates(List<Candidate> candidates, boolean complete, TracesStats scanned) {
  public static final TraceCandidates NONE = new TraceCandidates(List.of(), true, TracesStats.NONE);

  /// @param startNanos the latest start of a span of the trace that passed, as far as this Source
  ///   has it
  public record Candidate(TraceId id, long startNanos) {}

  public TraceCandidates {
    candidates = List.copyOf(candidates);
  }
}
