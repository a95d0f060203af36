/// Recent traces of the ingester: write-ahead log records, the head and its reading, and the way of
/// segments into blocks.
///
/// A tenant's head is a list of **segments**, one open for each stretch of time that spans start
/// in. A segment is what becomes one block, under an id that it has from the start. It holds
///
/// ```
/// SegmentBytes    spans, resources and scopes as OTLP bytes, resources and scopes once
/// SpanRows        columns in order of arrival: trace, row before of the same trace, span id, times, group, place
/// TraceTable      trace ids; of each its newest row, from which the others are found
/// ```
///
/// A span costs its bytes and about 70 more; nothing is decoded before somebody reads it.
///
/// Records of the log, signal traces: see io.foursight.ingester.PieceRecords and TracesRecords.
/// Every ROWS record has its spans' resources and scopes whole, so none needs another one to be
/// read.
package io.foursight.ingester.traces;
