package io.foursight.querylanguages.promql.ast;

import java.util.Optional;

/// `offset` and `@` of a selector or subquery: the evaluation time is replaced by `at`, then
/// `offset` is subtracted. Their order in the text does not matter.
///
/// @param offset absent is zero
/// @param at absent is the time of the step
public record TimeModifiers(Optional<DurationExpr> offset, Optional<At> at) {
  public static final TimeModifiers NONE = new TimeModifiers(Optional.empty(), Optional.empty());

  /// The fixed time of `@`.
  public sealed interface At {}

  public record Timestamp(long millis) implements At {}

  /// `@ start()`: the first step of the query.
  public record Start() implements At {}

  /// `@ end()`: the last step of the query.
  public record End() implements At {}

  public boolean isNone() {
    return offset.isEmpty() && at.isEmpty();
  }

  public TimeModifiers withOffset(DurationExpr value) {
    return new TimeModifiers(Optional.of(value), at);
  }

  public TimeModifiers withAt(At value) {
    return new TimeModifiers(offset, Optional.of(value));
  }
}
