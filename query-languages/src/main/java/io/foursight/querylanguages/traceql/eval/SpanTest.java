package io.foursight.querylanguages.traceql.eval;

/// A condition on a span. Used by one thread.
interface SpanTest {
  boolean test(Rows rows, int row);
}
