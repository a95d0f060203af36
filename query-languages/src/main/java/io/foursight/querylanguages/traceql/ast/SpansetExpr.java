package io.foursight.querylanguages.traceql.ast;

/// What chooses spans of one trace.
public sealed interface SpansetExpr extends Stage
    permits SpansetExpr.Filter, SpansetExpr.Operation, Pipeline {

  /// `{ condition }`; `{ }` has the condition `true`.
  record Filter(FieldExpr condition) implements SpansetExpr {}

  record Operation(SpansetOperator operator, SpansetExpr left, SpansetExpr right)
      implements SpansetExpr {}
}
