package io.foursight.querylanguages.traceql.ast;

import java.util.List;

/// One step of a [Pipeline].
public sealed interface Stage
    permits SpansetExpr, Stage.ScalarFilter, Stage.GroupBy, Stage.Coalesce, Stage.Select {

  /// `count() > 2`: keeps the span sets that pass.
  record ScalarFilter(FieldOperator operator, ScalarExpr left, ScalarExpr right) implements Stage {}

  /// `by(field)`: splits each span set.
  record GroupBy(FieldExpr by) implements Stage {}

  /// `coalesce()`: makes one span set of all.
  record Coalesce() implements Stage {}

  /// `select(a, b)`: fields that come with the spans.
  record Select(List<FieldExpr.Field> fields) implements Stage {
    public Select {
      fields = List.copyOf(fields);
    }
  }
}
