package io.foursight.querylanguages.traceql.ast;

import io.foursight.model.traces.SpanValue;
import java.util.Locale;
import java.util.Optional;

/// One value of a span set.
public sealed interface ScalarExpr {
  /// The functions over a span set.
  enum Aggregator {
    COUNT,
    MIN,
    MAX,
    SUM,
    AVG;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  record Literal(SpanValue value) implements ScalarExpr {}

  /// @param field what of each span; empty for `count()`
  record Aggregate(Aggregator aggregator, Optional<FieldExpr> field) implements ScalarExpr {}

  record Operation(FieldOperator operator, ScalarExpr left, ScalarExpr right)
      implements ScalarExpr {}

  /// `({ } | count())`, an aggregate of another pipeline's span sets.
  record Piped(Pipeline pipeline, ScalarExpr aggregate) implements ScalarExpr {}
}
