package io.foursight.wire.traces.tempo;

import io.foursight.model.traces.TracesStats;

/// The `metrics` of an answer.
///
/// @param completedJobs parts of the work that are done; equal to `totalJobs` in the last message
public record SearchProgress(TracesStats stats, int completedJobs, int totalJobs) {
  public static SearchProgress done(TracesStats stats) {
    return new SearchProgress(stats, 1, 1);
  }
}
