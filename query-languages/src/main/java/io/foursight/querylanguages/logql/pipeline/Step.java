package io.foursight.querylanguages.logql.pipeline;

/// One stage at work; owned by one run, so it may keep buffers.
interface Step {
  /// Whether the entry goes on.
  boolean apply(Row row);
}
