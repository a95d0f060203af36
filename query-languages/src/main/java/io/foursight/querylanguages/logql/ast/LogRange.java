package io.foursight.querylanguages.logql.ast;

import java.util.Optional;

/// The entries of the last `rangeNanos` before each evaluation time moved back by `offsetNanos`.
///
/// @param unwrap what makes a number of an entry; absent when entries or bytes are counted
public record LogRange(
    Position position,
    Expr.LogQuery query,
    Optional<Unwrap> unwrap,
    long rangeNanos,
    long offsetNanos) {}
