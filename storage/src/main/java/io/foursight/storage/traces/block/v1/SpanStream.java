package io.foursight.storage.traces.block.v1;

/// Spans in block order, as OTLP bytes: ascending by trace id (unsigned), the spans of one trace by
/// start (signed), equal starts in any order. What a block is written from, and what a merge reads.
/// Single-threaded. Errors are [io.foursight.model.FoursightException]s from any method.
///
/// Getters are good after [#next] returned true, until it is called again.
public interface SpanStream extends AutoCloseable {
  /// Moves to the next span; false at the end, and then forever.
  boolean next();

  long traceHigh();

  long traceLow();

  /// The span id as a big-endian number; 0 when it has not eight bytes.
  long spanId();

  /// Since the epoch, as sent.
  long startNanos();

  SpanOrigin origin();

  /// An OTLP `Span` message, without tag and length, at [#offset]; the array is the stream's.
  byte[] bytes();

  int offset();

  int length();

  @Override
  void close();
}
