package io.foursight.querylanguages.traceql.parse;

import io.foursight.querylanguages.traceql.ast.FieldExpr;
import io.foursight.querylanguages.traceql.ast.Metric;
import io.foursight.querylanguages.traceql.ast.Pipeline;
import io.foursight.querylanguages.traceql.ast.Query;
import io.foursight.querylanguages.traceql.ast.ScalarExpr;
import io.foursight.querylanguages.traceql.ast.SpansetExpr;
import io.foursight.querylanguages.traceql.ast.Stage;
import io.foursight.querylanguages.traceql.ast.Type;
import io.foursight.querylanguages.traceql.print.TraceqlPrinter;
import java.util.List;

/// What upstream refuses after parsing.
final class Checks {
  private final FieldChecks fields = new FieldChecks();

  void check(Query query) {
    switch (query.expr()) {
      case Pipeline pipeline -> pipeline(pipeline);
      case Metric metric -> metric(metric);
    }
  }

  private void pipeline(Pipeline pipeline) {
    pipeline.stages().forEach(this::stage);
  }

  private void stage(Stage stage) {
    switch (stage) {
      case SpansetExpr expr -> spanset(expr);
      case Stage.ScalarFilter filter -> scalarFilter(filter);
      case Stage.GroupBy(FieldExpr by) -> {
        fields.check(by);
        if (!fields.readsSpan(by)) {
          throw TraceqlParseException.invalid(
              "grouping field expressions must reference the span: by("
                  + TraceqlPrinter.print(by)
                  + ")");
        }
      }
      case Stage.Coalesce _ -> {}
      case Stage.Select(List<FieldExpr.Field> selected) -> selected.forEach(fields::check);
    }
  }

  private void spanset(SpansetExpr expr) {
    switch (expr) {
      case SpansetExpr.Filter(FieldExpr condition) -> {
        Type type = fields.check(condition);
        if (type != Type.ANY && type != Type.BOOL) {
          throw TraceqlParseException.invalid(
              "span filter field expressions must resolve to a boolean: "
                  + TraceqlPrinter.print(expr));
        }
      }
      case SpansetExpr.Operation(_, SpansetExpr left, SpansetExpr right) -> {
        spanset(left);
        spanset(right);
      }
      case Pipeline pipeline -> pipeline(pipeline);
    }
  }

  private void scalarFilter(Stage.ScalarFilter filter) {
    scalar(filter.left());
    scalar(filter.right());
    if (!(filter.left() instanceof ScalarExpr.Aggregate)
        || !(filter.right() instanceof ScalarExpr.Literal)) {
      throw TraceqlParseException.unsupported(
          "scalar filters other than an aggregate compared with a static value are");
    }
  }

  private void scalar(ScalarExpr expr) {
    switch (expr) {
      case ScalarExpr.Literal _ -> {}
      case ScalarExpr.Operation(_, ScalarExpr left, ScalarExpr right) -> {
        scalar(left);
        scalar(right);
      }
      case ScalarExpr.Piped(Pipeline pipeline, ScalarExpr aggregate) -> {
        pipeline(pipeline);
        scalar(aggregate);
      }
      case ScalarExpr.Aggregate aggregate ->
          aggregate.field().ifPresent(f -> aggregated(aggregate, f));
    }
  }

  private void aggregated(ScalarExpr.Aggregate aggregate, FieldExpr field) {
    Type type = fields.check(field);
    if (type != Type.ANY && !type.isNumber()) {
      throw TraceqlParseException.invalid(
          "aggregate field expressions must resolve to a number type: "
              + TraceqlPrinter.print(aggregate));
    }
    if (!fields.readsSpan(field)) {
      throw TraceqlParseException.invalid(
          "aggregate field expressions must reference the span: "
              + TraceqlPrinter.print(aggregate));
    }
  }

  private void metric(Metric metric) {
    switch (metric) {
      case Metric.Number _ -> {}
      case Metric.Spans(Pipeline pipeline, Metric.FirstStage stage) -> {
        pipeline(pipeline);
        switch (stage) {
          case Metric.Aggregate aggregate -> metricAggregate(aggregate);
          case Metric.Compare compare -> compare(compare);
        }
      }
      case Metric.Staged(Metric operand, Metric.SecondStage stage) -> {
        metric(operand);
        if (compares(operand)) {
          throw TraceqlParseException.invalid(
              "compare() cannot be used with second stage functions");
        }
        if (stage instanceof Metric.Top(_, int limit) && limit <= 0) {
          throw TraceqlParseException.invalid("topk and bottomk need a limit greater than 0");
        }
      }
      case Metric.Arithmetic(_, Metric left, Metric right) -> {
        metric(left);
        metric(right);
        if (compares(left) || compares(right)) {
          throw TraceqlParseException.invalid("compare() cannot be used in metrics math");
        }
      }
    }
  }

  private static boolean compares(Metric metric) {
    return metric instanceof Metric.Spans(_, Metric.Compare _);
  }

  private void metricAggregate(Metric.Aggregate aggregate) {
    aggregate
        .field()
        .ifPresent(field -> {
          Type type = fields.check(field);
          if (type != Type.ANY && !type.isNumber()) {
            throw TraceqlParseException.invalid(
                aggregate.function().text()
                    + " needs a numeric field: "
                    + TraceqlPrinter.print(field));
          }
        });
    aggregate.by().forEach(fields::check);
    for (double quantile : aggregate.quantiles()) {
      if (!(quantile >= 0 && quantile <= 1)) {
        throw TraceqlParseException.invalid("quantile must be between 0 and 1: " + quantile);
      }
    }
  }

  private void compare(Metric.Compare compare) {
    spanset(compare.selection());
    if (compare.topN() <= 0) {
      throw TraceqlParseException.invalid(
          "compare() top number of values must be integer greater than 0");
    }
    boolean bounded = compare.startNanos() != 0 || compare.endNanos() != 0;
    if (bounded && compare.startNanos() <= 0) {
      throw TraceqlParseException.invalid("compare() start timestamp must be greater than 0");
    }
    if (bounded && compare.endNanos() <= compare.startNanos()) {
      throw TraceqlParseException.invalid(
          "compare() end timestamp must be greater than start timestamp");
    }
  }
}
