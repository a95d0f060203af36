package io.foursight.querylanguages.traceql.plan;

import io.foursight.model.traces.SpanValue;
import io.foursight.querylanguages.traceql.ast.FieldOperator;
import java.util.OptionalDouble;

/// Comparisons of numbers.
public final class Numbers {
  private Numbers() {}

  /// The number in a value that is compared as one: durations in nanoseconds.
  public static OptionalDouble of(SpanValue value) {
    return switch (value) {
      case SpanValue.Int(long v) -> OptionalDouble.of(v);
      case SpanValue.Decimal(double v) -> OptionalDouble.of(v);
      case SpanValue.Duration(long v) -> OptionalDouble.of(v);
      case SpanValue.Text _,
          SpanValue.Bool _,
          SpanValue.Status _,
          SpanValue.Kind _,
          SpanValue.Many _,
          SpanValue.Nil _ ->
          OptionalDouble.empty();
    };
  }

  public static boolean test(FieldOperator operator, long left, long right) {
    return holds(operator, Long.compare(left, right));
  }

  /// NaN differs from everything.
  public static boolean test(FieldOperator operator, double left, double right) {
    if (Double.isNaN(left) || Double.isNaN(right)) {
      return operator == FieldOperator.NOT_EQUAL;
    }
    return holds(operator, left < right ? -1 : left > right ? 1 : 0);
  }

  /// Whether a comparison holds, given the order of its sides.
  public static boolean holds(FieldOperator operator, int order) {
    return switch (operator) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case LESS_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      case GREATER_EQUAL -> order >= 0;
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO, POWER, MATCH, NOT_MATCH, AND, OR -> false;
    };
  }
}
