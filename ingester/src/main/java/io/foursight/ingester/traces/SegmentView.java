package io.foursight.ingester.traces;

/// What is in a segment at one moment; read without locks, by any thread. Arrays may be longer than
/// used.
///
/// @param traceHighs by number of the trace
/// @param groupResources by group: number of the resource
/// @param groupScopes by group: number of the scope
/// @param chunks of bytes, which places point into
record SegmentView(
    String blockId,
    int rows,
    SpanRows.Page[] pages,
    int traceCount,
    long[] traceHighs,
    long[] traceLows,
    int groupCount,
    int[] groupResources,
    int[] groupScopes,
    Messages.View resources,
    Messages.View scopes,
    byte[][] chunks) {

  SpanRows.Page page(int row) {
    return pages[row >>> SpanRows.PAGE_BITS];
  }

  int trace(int row) {
    return page(row).traces[row & SpanRows.ROW_MASK];
  }

  long spanId(int row) {
    return page(row).spanIds[row & SpanRows.ROW_MASK];
  }

  long start(int row) {
    return page(row).starts[row & SpanRows.ROW_MASK];
  }

  long end(int row) {
    return page(row).ends[row & SpanRows.ROW_MASK];
  }

  int group(int row) {
    return page(row).groups[row & SpanRows.ROW_MASK];
  }

  long place(int row) {
    return page(row).places[row & SpanRows.ROW_MASK];
  }

  int length(int row) {
    return page(row).lengths[row & SpanRows.ROW_MASK];
  }

  byte[] chunk(long place) {
    return chunks[SegmentBytes.chunk(place)];
  }
}
