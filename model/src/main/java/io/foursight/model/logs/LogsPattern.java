package io.foursight.model.logs;

/// A message pattern (`<_>` where lines differ) and its number of entries by bucket of time.
///
/// @param level the detected level of its entries, or empty
public record LogsPattern(String pattern, String level, long[] counts) {}
