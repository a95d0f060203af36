package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.traces.SpanPage;

/// Rows at hand: of one trace, or of any spans when they are judged one by one. Row numbers are
/// those of the page.
///
/// @param shape of the trace; `TraceShape.NONE` when spans are judged one by one
record Rows(SpanPage page, int from, int to, TraceShape shape) {
  int count() {
    return to - from;
  }
}
