package io.foursight.querylanguages.promql.eval;

import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.ast.TimeModifiers;
import java.util.Optional;
import java.util.Set;

/// Rewrites a query so that it looks at a fixed time.
final class AtVariants {
  private static final Set<String> TIME_DEPENDENT =
      Set.of(
          "days_in_month",
          "day_of_month",
          "day_of_week",
          "day_of_year",
          "hour",
          "minute",
          "month",
          "year",
          "predict_linear",
          "time",
          "timestamp",
          "start",
          "end",
          "range",
          "step");

  private AtVariants() {}

  static boolean dependsOnTime(Expr expr) {
    return calls(expr, TIME_DEPENDENT);
  }

  static boolean calls(Expr expr, Set<String> functions) {
    if (expr instanceof Expr.Call c && functions.contains(c.function().name())) {
      return true;
    }
    return expr.children().stream().anyMatch(e -> calls(e, functions));
  }

  /// `@ millis` on every selector and subquery that has none and is not inside a subquery.
  static Expr pin(Expr expr, long millis) {
    return switch (expr) {
      case Expr.VectorSelector e -> e.with(e.position(), pin(e.time(), millis), e.extension());
      case Expr.MatrixSelector e ->
          new Expr.MatrixSelector(
              e.position(), (Expr.VectorSelector) pin(e.selector(), millis), e.range());
      case Expr.Subquery e ->
          new Expr.Subquery(e.position(), e.expr(), e.range(), e.step(), pin(e.time(), millis));
      case Expr.Paren e -> new Expr.Paren(e.position(), pin(e.expr(), millis));
      case Expr.Unary e -> new Expr.Unary(e.position(), e.negative(), pin(e.expr(), millis));
      case Expr.Binary e ->
          new Expr.Binary(
              e.position(),
              e.operator(),
              pin(e.left(), millis),
              pin(e.right(), millis),
              e.returnBool(),
              e.matching());
      case Expr.Aggregation e ->
          new Expr.Aggregation(
              e.position(),
              e.operator(),
              pin(e.expr(), millis),
              e.parameter().map(p -> pin(p, millis)),
              e.grouping(),
              e.without());
      case Expr.Call e ->
          new Expr.Call(
              e.position(), e.function(), e.args().stream().map(a -> pin(a, millis)).toList());
      case Expr.NumberLiteral e -> e;
      case Expr.StringLiteral e -> e;
      case Expr.StepInvariant e -> e;
    };
  }

  private static TimeModifiers pin(TimeModifiers time, long millis) {
    return time.at().isPresent()
        ? time
        : new TimeModifiers(time.offset(), Optional.of(new TimeModifiers.Timestamp(millis)));
  }
}
