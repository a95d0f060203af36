package io.foursight.model.metrics;

import io.foursight.model.Labels;

/// A stream of series in ascending order of their labels, each label set once. Single-threaded.
/// Errors are [io.foursight.model.FoursightException]s from any method. Close releases what it
/// holds, also half-way; safe twice.
public interface SeriesCursor extends AutoCloseable {
  /// Moves to the next series; false at the end, and then forever.
  boolean next();

  /// Labels of the current series.
  Labels labels();

  /// Decodes the current series' samples inside the selected range into `into`, replacing its rows.
  /// May be skipped (label-only use) and may be called at most once a series. No rows at all is
  /// possible.
  void samples(SampleColumns into);

  @Override
  void close();

  /// No series.
  static SeriesCursor empty() {
    return new SeriesCursor() {
      @Override
      public boolean next() {
        return false;
      }

      @Override
      public Labels labels() {
        throw new IllegalStateException("no series");
      }

      @Override
      public void samples(SampleColumns into) {
        throw new IllegalStateException("no series");
      }

      @Override
      public void close() {}
    };
  }
}
