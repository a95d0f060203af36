package io.foursight.model.traces;

import java.util.List;

/// Spans as columns, rows `0..rows-1`, ascending by trace id, the spans of one trace in any order.
/// A trace may go on in the next page.
///
/// Arrays may be longer than `rows` and belong to the cursor: read only.
///
/// @param parentIds 0 where there is none
/// @param startNanos since the epoch
/// @param endNanos as sent: may lie before the start
/// @param kinds OTLP numbers, unspecified 0, internal 1, server 2, client 3, producer 4, consumer 5
/// @param statuses OTLP numbers, unset 0, ok 1, error 2
/// @param columns one for each field asked for, in that order
public record SpanPage(
    int rows,
    long[] traceHighs,
    long[] traceLows,
    long[] spanIds,
    long[] parentIds,
    long[] startNanos,
    long[] endNanos,
    byte[] kinds,
    byte[] statuses,
    List<SpanColumn> columns) {

  /// Whether two rows are of one trace.
  public boolean sameTrace(int row, int other) {
    return traceLows[row] == traceLows[other] && traceHighs[row] == traceHighs[other];
  }

  /// How long a span took: never negative.
  public long durationNanos(int row) {
    return Math.max(0, endNanos[row] - startNanos[row]);
  }
}
