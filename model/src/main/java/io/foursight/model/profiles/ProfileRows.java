package io.foursight.model.profiles;

import io.foursight.model.Labels;

/// Profiles of one series, or values of single spans in them, as columns, rows `0..rows-1`,
/// ascending by time. Arrays may be longer than `rows`: read only.
///
/// @param labels of the series
/// @param timesNanos when the profile was taken
/// @param values sums of the samples that count
/// @param idHighs with `idLows` the profile's id
/// @param spanIds of the row, 0 = none; empty unless asked for
/// @param traceHighs likewise, with `traceLows`
public record ProfileRows(
    Labels labels,
    int rows,
    long[] timesNanos,
    long[] values,
    long[] idHighs,
    long[] idLows,
    long[] spanIds,
    long[] traceHighs,
    long[] traceLows) {}
