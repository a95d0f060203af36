package io.foursight.wire.logs.json;

/// How long a query took.
///
/// @param queueSeconds waiting for its turn
/// @param totalSeconds from arrival to result
public record QueryTimes(double queueSeconds, double totalSeconds) {}
