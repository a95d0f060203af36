package io.foursight.storage.traces.block.v1;

/// Types of attribute values that have columns of their own. The numbers are part of the format,
/// and those of [io.foursight.model.traces.SpanColumn].
final class ValueType {
  static final int TEXT = 1;
  static final int INT = 2;
  static final int DOUBLE = 3;
  static final int BOOL = 4;

  /// Bytes, arrays, maps, nothing: as `AnyValue` messages.
  static final int OTHER = 6;

  private ValueType() {}
}
