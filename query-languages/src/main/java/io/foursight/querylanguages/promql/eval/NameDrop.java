package io.foursight.querylanguages.promql.eval;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.series.SeriesStream;

/// What follows the removal of names: series that differ in their names only become one.
final class NameDrop {
  private NameDrop() {}

  /// The stream as it is when names are dropped later, or when the operand shows that all names are
  /// equal; else merged.
  static SeriesStream merged(QueryContext query, Expr operand, SeriesStream stream) {
    if (query.options().delayedNameRemoval() || hasOneName(operand)) {
      return stream;
    }
    return SeriesStream.of(SeriesMerge.merge(stream.drain()));
  }

  /// Whether all series of the operand have the same name.
  static boolean hasOneName(Expr operand) {
    return switch (operand) {
      case Expr.Paren e -> hasOneName(e.expr());
      case Expr.StepInvariant e -> hasOneName(e.expr());
      case Expr.MatrixSelector e -> hasOneName(e.selector());
      case Expr.VectorSelector e -> {
        boolean named = false;
        for (LabelMatcher m : e.matchers()) {
          named |= m.name().equals(Labels.METRIC_NAME) && m.type() == LabelMatcher.Type.EQUAL;
          if (m.name().equals("__type__") || m.name().equals("__unit__")) {
            yield false;
          }
        }
        yield named;
      }
      case Expr.Call _, Expr.Aggregation _, Expr.Binary _, Expr.Unary _, Expr.Subquery _ -> false;
      case Expr.NumberLiteral _, Expr.StringLiteral _ -> false;
    };
  }
}
