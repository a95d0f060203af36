package io.foursight.storage.traces.block.v1;

/// Some columns of a row group that give fields of spans, in step with the others. Owned by one
/// thread.
interface RowPart {
  /// Adds the values of the next row; the columns' rows are ended by the caller.
  void read();

  /// Passes by the next row.
  void skip();
}
