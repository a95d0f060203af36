package io.foursight.model.logs;

import java.util.List;

/// A stream of [LogsPage]s. Pages overlap in time; they come about in the order of their nearest
/// end: with `BACKWARD` by newest entry, newest first, with `FORWARD` by oldest entry, oldest
/// first. So a reader that has enough entries stops as soon as [#bound] lies beyond the last of
/// them. Single-threaded. Errors are [io.foursight.model.FoursightException]s from any method.
/// Close releases what it holds, also half-way; safe twice.
public interface LogsCursor extends AutoCloseable {
  /// Moves to the next page that has rows; false at the end, and then forever.
  boolean next();

  /// The current page; valid until the next call of [#next] or [#close].
  LogsPage page();

  /// `BACKWARD`: no later page has an entry newer than this; `FORWARD`: none older. Known before
  /// the first call of [#next] as well. Never wrong, not necessarily tight.
  long bound();

  /// Whether an entry may come more than once (replicas, a block being replaced): the reader then
  /// drops the repetitions (equal stream, time, line and structured metadata).
  default boolean mayRepeat() {
    return false;
  }

  /// The times of the entries that may come more than once, ascending, apart from each other; when
  /// [#mayRepeat] says no, none. For readers that do not want to tell all other entries apart. To
  /// be asked before the first call of [#next].
  default List<NanoSpan> repeats() {
    return mayRepeat() ? List.of(NanoSpan.ALL) : List.of();
  }

  /// Times outside of which there is no entry, as far as is known. To be asked before the first
  /// call of [#next].
  default NanoSpan extent() {
    return NanoSpan.ALL;
  }

  /// Uncompressed bytes and entries looked at so far, of which pages hold the survivors; for
  /// statistics.
  default LogsStats scanned() {
    return LogsStats.NONE;
  }

  @Override
  void close();

  /// No entries.
  static LogsCursor empty() {
    return new LogsCursor() {
      @Override
      public boolean next() {
        return false;
      }

      @Override
      public LogsPage page() {
        throw new IllegalStateException("no page");
      }

      @Override
      public long bound() {
        return Long.MIN_VALUE;
      }

      @Override
      public NanoSpan extent() {
        return NanoSpan.NONE;
      }

      @Override
      public void close() {}
    };
  }
}
