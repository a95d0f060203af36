package io.foursight.querylanguages.traceql.eval;

/// A value of a span. Holds cells of its own: used by one thread.
interface Value {
  void load(Rows rows, int row, Cell cell);
}
