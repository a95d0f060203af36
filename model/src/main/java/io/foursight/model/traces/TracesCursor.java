package io.foursight.model.traces;

/// A stream of [SpanPage]s, ascending by trace id over all pages. Single-threaded. Errors are
/// [io.foursight.model.FoursightException]s from any method. Close releases what it holds, also
/// half-way; safe twice.
public interface TracesCursor extends AutoCloseable {
  /// Moves to the next page that has rows; false at the end, and then forever.
  boolean next();

  /// The current page; valid until the next call of [#next] or [#close].
  SpanPage page();

  /// What was looked at so far.
  default TracesStats scanned() {
    return TracesStats.NONE;
  }

  @Override
  void close();

  /// No spans.
  static TracesCursor empty() {
    return new TracesCursor() {
      @Override
      public boolean next() {
        return false;
      }

      @Override
      public SpanPage page() {
        throw new IllegalStateException("no page");
      }

      @Override
      public void close() {}
    };
  }
}
