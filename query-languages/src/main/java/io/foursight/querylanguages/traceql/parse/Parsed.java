package io.foursight.querylanguages.traceql.parse;

import io.foursight.model.traces.SpanValue;
import io.foursight.querylanguages.traceql.ast.Metric;
import io.foursight.querylanguages.traceql.ast.ScalarExpr;
import io.foursight.querylanguages.traceql.ast.SpansetExpr;
import io.foursight.querylanguages.traceql.ast.Stage;

/// What a piece of a query turned out to be: span sets, numbers and series share their operators.
sealed interface Parsed {
  record Spans(SpansetExpr expr) implements Parsed {}

  /// A stage that chooses no spans.
  record Other(Stage stage) implements Parsed {}

  /// Has an aggregate.
  record Scalar(ScalarExpr expr) implements Parsed {}

  /// @param computed of other numbers
  record Number(SpanValue value, boolean computed) implements Parsed {
    boolean isDuration() {
      return value instanceof SpanValue.Duration;
    }
  }

  record Series(Metric metric) implements Parsed {}
}
