package io.foursight.querylanguages.promql.plan;

import io.foursight.querylanguages.promql.ast.Expr;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Wraps the largest parts of a query that have the same value at every step (those whose selectors
/// are all fixed by `@`) so that they are evaluated once.
public final class StepInvariance {
  /// Functions whose value depends on the time of the step even if their arguments do not.
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
          "start_timestamp");

  /// Asked for once a node: without it, a chain of operators would be walked once from each of its
  /// links.
  private final Map<Expr.Binary, Boolean> known = new IdentityHashMap<>();

  private StepInvariance() {}

  public static Expr wrap(Expr expr) {
    return new StepInvariance().wrapped(expr);
  }

  private Expr wrapped(Expr expr) {
    if (isInvariant(expr)) {
      return whole(expr);
    }
    return switch (expr) {
      case Expr.Paren e -> new Expr.Paren(e.position(), wrapped(e.expr()));
      case Expr.Unary e -> new Expr.Unary(e.position(), e.negative(), wrapped(e.expr()));
      case Expr.Binary e ->
          new Expr.Binary(
              e.position(),
              e.operator(),
              wrapped(e.left()),
              wrapped(e.right()),
              e.returnBool(),
              e.matching());
      case Expr.Aggregation e ->
          new Expr.Aggregation(
              e.position(),
              e.operator(),
              wrapped(e.expr()),
              e.parameter().map(this::wrapped),
              e.grouping(),
              e.without());
      case Expr.Call e ->
          new Expr.Call(e.position(), e.function(), e.args().stream().map(this::wrapped).toList());
      case Expr.Subquery e ->
          new Expr.Subquery(e.position(), wrapped(e.expr()), e.range(), e.step(), e.time());
      case Expr.VectorSelector e -> e;
      case Expr.MatrixSelector e -> e;
      case Expr.NumberLiteral e -> e;
      case Expr.StringLiteral e -> e;
      case Expr.StepInvariant e -> e;
    };
  }

  private Expr whole(Expr expr) {
    return switch (expr) {
      case Expr.NumberLiteral e -> e;
      case Expr.StringLiteral e -> e;
      case Expr.MatrixSelector e -> e;
      case Expr.Subquery e ->
          new Expr.Subquery(e.position(), wrapped(e.expr()), e.range(), e.step(), e.time());
      case Expr.StepInvariant e -> e;
      case Expr.Paren e when isRangeOrLiteral(e) -> e;
      case Expr.Paren _, Expr.Unary _, Expr.Binary _, Expr.Aggregation _, Expr.Call _ ->
          new Expr.StepInvariant(expr);
      case Expr.VectorSelector _ -> new Expr.StepInvariant(expr);
    };
  }

  private static boolean isRangeOrLiteral(Expr expr) {
    return switch (expr.unwrapParens()) {
      case Expr.NumberLiteral _, Expr.StringLiteral _ -> true;
      case Expr.MatrixSelector _, Expr.Subquery _ -> true;
      case Expr.Paren _, Expr.Unary _, Expr.Binary _, Expr.Aggregation _, Expr.Call _ -> false;
      case Expr.VectorSelector _, Expr.StepInvariant _ -> false;
    };
  }

  private boolean isInvariant(Expr expr) {
    return switch (expr) {
      case Expr.NumberLiteral _, Expr.StringLiteral _, Expr.StepInvariant _ -> true;
      case Expr.VectorSelector e -> e.time().at().isPresent();
      case Expr.MatrixSelector e -> e.selector().time().at().isPresent();
      case Expr.Subquery e -> e.time().at().isPresent();
      case Expr.Paren e -> isInvariant(e.expr());
      case Expr.Unary e -> isInvariant(e.expr());
      case Expr.Binary e -> isInvariant(e);
      case Expr.Aggregation e -> isInvariant(e.expr()) && isInvariant(e.parameter());
      case Expr.Call e ->
          !TIME_DEPENDENT.contains(e.function().name())
              && e.args().stream().allMatch(this::isInvariant);
    };
  }

  private boolean isInvariant(Expr.Binary e) {
    Boolean before = known.get(e);
    if (before == null) {
      before = isInvariant(e.left()) && isInvariant(e.right());
      known.put(e, before);
    }
    return before;
  }

  private boolean isInvariant(Optional<Expr> parameter) {
    return parameter.isEmpty() || isInvariant(parameter.get());
  }
}
