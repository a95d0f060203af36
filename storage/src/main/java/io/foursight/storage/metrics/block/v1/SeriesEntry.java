package io.foursight.storage.metrics.block.v1;

/// Where the samples of a series lie.
///
/// @param column timestamp column, -1 without samples
/// @param startRow first row of the column that is the series' own
/// @param minTime first sample, inclusive
/// @param maxTime last sample, inclusive
/// @param offset in the file `values`
/// @param lowerBucket coded as difference to the series before
record SeriesEntry(
    int series,
    int column,
    int startRow,
    int rows,
    long minTime,
    long maxTime,
    long offset,
    int length,
    boolean lowerBucket) {}
