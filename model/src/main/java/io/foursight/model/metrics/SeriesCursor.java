package io.foursight.model.metrics;

import io.foursight.model.Labels;
import java.util.List;

/// A stream of series in ascending order of their labels, each label set once (unless the select's
/// [SelectHints.Delivery] allowed less and [#isAscending()] says so). Single-threaded. Errors are
/// [io.foursight.model.FoursightException]s from any method. Close releases what it holds, also
/// half-way; safe twice.
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

  /// False when the series may come in another order, or with reduced labels.
  default boolean isAscending() {
    return true;
  }

  /// Series left at most, for a caller that decides how much work to plan; `Long.MAX_VALUE` when
  /// not known.
  default long sizeEstimate() {
    return Long.MAX_VALUE;
  }

  /// One cursor after the other, not ascending. Closing closes all.
  static SeriesCursor chained(List<SeriesCursor> cursors) {
    return switch (cursors.size()) {
      case 0 -> empty();
      case 1 -> cursors.getFirst();
      default -> new ChainedSeriesCursor(cursors);
    };
  }

  /// No series; always the same object.
  static SeriesCursor empty() {
    return NoSeries.INSTANCE;
  }

  /// See [#empty()].
  enum NoSeries implements SeriesCursor {
    INSTANCE;

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

    @Override
    public long sizeEstimate() {
      return 0;
    }
  }
}
