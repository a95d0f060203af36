package io.foursight.querylanguages.traceql.ast;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What yields series.
public sealed interface Metric extends Query.Expr {

  /// Functions over the spans of a step.
  enum Function {
    RATE,
    COUNT_OVER_TIME,
    MIN_OVER_TIME,
    MAX_OVER_TIME,
    AVG_OVER_TIME,
    SUM_OVER_TIME,
    QUANTILE_OVER_TIME,
    HISTOGRAM_OVER_TIME;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    public boolean hasField() {
      return this != RATE && this != COUNT_OVER_TIME;
    }
  }

  /// What makes series of spans.
  sealed interface FirstStage permits Aggregate, Compare {}

  /// @param field what of each span, for those functions that take one
  /// @param quantiles only for `quantile_over_time`
  record Aggregate(
      Function function,
      Optional<FieldExpr.Field> field,
      List<Double> quantiles,
      List<FieldExpr.Field> by)
      implements FirstStage {
    public Aggregate {
      quantiles = List.copyOf(quantiles);
      by = List.copyOf(by);
    }
  }

  /// Counts values of all attributes inside and outside of a selection.
  ///
  /// @param topN values of an attribute
  /// @param startNanos of the selection; both times 0 = any time
  record Compare(SpansetExpr.Filter selection, int topN, long startNanos, long endNanos)
      implements FirstStage {}

  /// What chooses among series or samples.
  sealed interface SecondStage permits Top, Keep {}

  /// `topk(limit)`, `bottomk(limit)`, step by step.
  record Top(boolean bottom, int limit) implements SecondStage {}

  /// `> value`: keeps the samples that pass.
  record Keep(FieldOperator operator, double value, Number literal) implements SecondStage {}

  /// A number as it was written.
  record Number(io.foursight.model.traces.SpanValue value) implements Metric {}

  record Spans(Pipeline pipeline, FirstStage stage) implements Metric {}

  record Staged(Metric operand, SecondStage stage) implements Metric {}

  /// `+ - * /`, series by series, step by step.
  record Arithmetic(FieldOperator operator, Metric left, Metric right) implements Metric {}
}
