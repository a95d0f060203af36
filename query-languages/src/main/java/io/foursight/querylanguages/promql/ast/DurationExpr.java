package io.foursight.querylanguages.promql.ast;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;

/// A duration as written in `[...]`, as a subquery's step, or after `offset`: a number of seconds,
/// or arithmetic over numbers, `step()` and `range()`. Evaluate with [#millis(Use, long, long)].
public sealed interface DurationExpr {
  Position position();

  /// @param written whether the text used units (`5m`) instead of a bare number of seconds
  record Seconds(Position position, double value, boolean written) implements DurationExpr {}

  /// The query's step; zero for an instant query.
  record Step(Position position) implements DurationExpr {}

  /// The query's end minus its start; zero for an instant query.
  record Range(Position position) implements DurationExpr {}

  record Sign(Position position, boolean negative, DurationExpr operand) implements DurationExpr {}

  record Arithmetic(
      Position position, BinaryOperator operator, DurationExpr left, DurationExpr right)
      implements DurationExpr {}

  /// `min_of` or, when `max`, `max_of`.
  record Extreme(Position position, boolean max, DurationExpr left, DurationExpr right)
      implements DurationExpr {}

  record Paren(Position position, DurationExpr inner) implements DurationExpr {}

  /// What the duration is for; only an offset may be zero or negative.
  enum Use {
    RANGE,
    STEP,
    OFFSET
  }

  /// A duration that needs no context.
  static Seconds ofMillis(long millis) {
    return new Seconds(Position.NONE, millis / 1000.0, true);
  }

  /// The value in milliseconds, rounded toward zero.
  ///
  /// @param stepMillis of the query; 0 for an instant query
  /// @param rangeMillis the query's end minus its start
  /// @throws FoursightException `BAD_DATA` on a division by zero, a range or step that is not
  ///   positive, or a value that is no duration
  default long millis(Use use, long stepMillis, long rangeMillis) {
    double seconds = seconds(stepMillis, rangeMillis);
    if (use != Use.OFFSET && seconds <= 0) {
      throw failure("duration must be greater than 0");
    }
    // 2^63 nanoseconds: what a duration can hold in Prometheus.
    if (!(Math.abs(seconds) < 9_223_372_036.854775807)) {
      throw failure("duration out of range");
    }
    if (this instanceof Seconds) {
      return Math.round(seconds * 1e9) / 1_000_000;
    }
    return (long) (seconds * 1000);
  }

  /// The value in seconds, unchecked but for division by zero.
  default double seconds(long stepMillis, long rangeMillis) {
    return switch (this) {
      case Seconds s -> s.value();
      case Step _ -> stepMillis / 1000.0;
      case Range _ -> rangeMillis / 1000.0;
      case Sign s ->
          s.negative()
              ? -s.operand().seconds(stepMillis, rangeMillis)
              : s.operand().seconds(stepMillis, rangeMillis);
      case Paren p -> p.inner().seconds(stepMillis, rangeMillis);
      case Extreme e -> {
        double l = e.left().seconds(stepMillis, rangeMillis);
        double r = e.right().seconds(stepMillis, rangeMillis);
        yield e.max() ? Math.max(l, r) : Math.min(l, r);
      }
      case Arithmetic a -> value(a, stepMillis, rangeMillis);
    };
  }

  private double value(Arithmetic a, long stepMillis, long rangeMillis) {
    double l = a.left().seconds(stepMillis, rangeMillis);
    double r = a.right().seconds(stepMillis, rangeMillis);
    return switch (a.operator()) {
      case ADD -> l + r;
      case SUBTRACT -> l - r;
      case MULTIPLY -> l * r;
      case DIVIDE -> {
        if (r == 0) {
          throw failure("division by zero");
        }
        yield l / r;
      }
      case MODULO -> {
        if (r == 0) {
          throw failure("modulo by zero");
        }
        yield l % r;
      }
      case POWER -> Math.pow(l, r);
      case OR, AND, UNLESS, EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL ->
          throw new IllegalStateException("no duration operator: " + a.operator());
      case TRIM_UPPER, TRIM_LOWER, ATAN2 ->
          throw new IllegalStateException("no duration operator: " + a.operator());
    };
  }

  private FoursightException failure(String what) {
    return new FoursightException(
        ErrorKind.BAD_DATA, position().start() + ":" + position().end() + ": " + what);
  }
}
