package io.foursight.model.logs;

import io.foursight.model.Labels;
import java.util.List;
import java.util.Set;

/// Reads logs: a head, a block, a remote peer, a merge of several, a test fake. Safe from any
/// thread. An unknown tenant has no data. What was acknowledged before the call began is seen. A
/// Source never writes.
///
/// Errors: `FoursightException` with `CANCELED`, `TIMEOUT` or `QUERY_LIMIT` from the budget,
/// `UNAVAILABLE` when data that may match cannot be reached, `CORRUPT` when they fail their
/// checksums.
public interface LogsSource {
  /// Entries. Of the selection everything counts.
  LogsCursor select(LogsSelect select);

  /// Labels of the streams that have an entry in the range as far as the Source can cheaply tell
  /// (never missing one), ascending, distinct. Of the selection only tenant, range, matchers and
  /// `withoutBlocks` count, here and below.
  List<Labels> series(LogsSelect select);

  /// Distinct stream label names, ascending.
  List<String> labelNames(LogsSelect select);

  /// Distinct values of one stream label, ascending.
  List<String> labelValues(String label, LogsSelect select);

  /// Sums over the matching streams. Bytes are those of lines and structured metadata, exact where
  /// the range covers whole pages, prorated by time at its ends.
  LogsStats stats(LogsSelect select);

  /// Bytes and entries by stream and bucket of time, for volumes: bucket `i` covers `[startNanos +
  /// i * stepNanos, + stepNanos)`; `stepNanos` 0 makes one bucket. Streams without bytes are left
  /// out; ascending by labels. Exactness as [#stats].
  List<StreamVolume> volumes(LogsSelect select, long stepNanos);

  /// How often each message pattern occurs by bucket of time, most frequent first, at most `limit`.
  /// A Source that finds no patterns answers none.
  List<LogsPattern> patterns(LogsSelect select, long stepNanos, int limit);

  /// Blocks whose entries this Source answers itself although they are listed already: what the
  /// asker puts in [LogsSelect#withoutBlocks] of other Sources, **before** it asks them. Taken
  /// before this Source is asked for entries. Only heads have any.
  default Set<String> coveredBlocks(LogsSelect select) {
    return Set.of();
  }
}
