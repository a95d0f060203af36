package io.foursight.querylanguages.traceql.print;

import io.foursight.model.traces.SpanValue;
import io.foursight.querylanguages.stack.DeepStack;
import io.foursight.querylanguages.text.GoDurations;
import io.foursight.querylanguages.text.GoFloats;
import io.foursight.querylanguages.text.GoStrings;
import io.foursight.querylanguages.traceql.ast.FieldExpr;
import io.foursight.querylanguages.traceql.ast.FieldOperator;
import io.foursight.querylanguages.traceql.ast.Metric;
import io.foursight.querylanguages.traceql.ast.Pipeline;
import io.foursight.querylanguages.traceql.ast.Query;
import io.foursight.querylanguages.traceql.ast.ScalarExpr;
import io.foursight.querylanguages.traceql.ast.SpansetExpr;
import io.foursight.querylanguages.traceql.ast.SpansetOperator;
import io.foursight.querylanguages.traceql.ast.Stage;
import java.util.List;

/// The canonical text of a query: every operand of an operator that is an operation itself stands
/// in brackets, so equal texts mean equal trees, and the text parses to the same tree again.
public final class TraceqlPrinter {
  private static final String[] STATUSES = {"unset", "ok", "error"};
  private static final String[] KINDS = {
    "unspecified", "internal", "server", "client", "producer", "consumer"
  };

  private final StringBuilder out = new StringBuilder();

  private TraceqlPrinter() {}

  public static String print(Query query) {
    return DeepStack.call(
        query.depth(),
        () -> {
          var printer = new TraceqlPrinter();
          switch (query.expr()) {
            case Pipeline pipeline -> printer.stages(pipeline);
            case Metric metric -> printer.metric(metric);
          }
          printer.hints(query.hints());
          return printer.out.toString();
        });
  }

  /// The caller sees to the stack.
  public static String print(FieldExpr expr) {
    var printer = new TraceqlPrinter();
    printer.field(expr);
    return printer.out.toString();
  }

  public static String print(SpansetExpr expr) {
    var printer = new TraceqlPrinter();
    printer.spanset(expr);
    return printer.out.toString();
  }

  public static String print(ScalarExpr expr) {
    var printer = new TraceqlPrinter();
    printer.scalar(expr);
    return printer.out.toString();
  }

  /// A value as the language writes it.
  public static String print(SpanValue value) {
    return switch (value) {
      case SpanValue.Text(String text) -> quoted(text);
      case SpanValue.Int(long v) -> v == Long.MIN_VALUE ? "minInt" : Long.toString(v);
      case SpanValue.Decimal(double v) -> {
        String text = GoFloats.plain(v);
        yield Double.isFinite(v) && text.indexOf('.') < 0 ? text + ".0" : text;
      }
      case SpanValue.Bool(boolean v) -> Boolean.toString(v);
      case SpanValue.Duration(long v) -> GoDurations.formatGo(v);
      case SpanValue.Status(int v) -> v < STATUSES.length ? STATUSES[v] : Integer.toString(v);
      case SpanValue.Kind(int v) -> v < KINDS.length ? KINDS[v] : Integer.toString(v);
      case SpanValue.Nil _ -> "nil";
      case SpanValue.Many(List<SpanValue> values) ->
          values.stream().map(TraceqlPrinter::print).toList().toString();
    };
  }

  private static String quoted(String text) {
    return text.indexOf('`') < 0 ? '`' + text + '`' : GoStrings.quote(text);
  }

  private void hints(List<Query.Hint> hints) {
    if (hints.isEmpty()) {
      return;
    }
    out.append(" with(");
    for (int i = 0; i < hints.size(); i++) {
      out.append(i == 0 ? "" : ", ").append(hints.get(i).name()).append('=');
      out.append(print(hints.get(i).value()));
    }
    out.append(')');
  }

  private void stages(Pipeline pipeline) {
    for (int i = 0; i < pipeline.stages().size(); i++) {
      out.append(i == 0 ? "" : " | ");
      stage(pipeline.stages().get(i));
    }
  }

  private void stage(Stage stage) {
    switch (stage) {
      case SpansetExpr expr -> spanset(expr);
      case Stage.ScalarFilter(FieldOperator operator, ScalarExpr left, ScalarExpr right) -> {
        scalarOperand(left);
        out.append(' ').append(operator.text()).append(' ');
        scalarOperand(right);
      }
      case Stage.GroupBy(FieldExpr by) -> {
        out.append("by(");
        field(by);
        out.append(')');
      }
      case Stage.Coalesce _ -> out.append("coalesce()");
      case Stage.Select(List<FieldExpr.Field> fields) -> {
        out.append("select(");
        fields(fields);
        out.append(')');
      }
    }
  }

  private void fields(List<FieldExpr.Field> fields) {
    for (int i = 0; i < fields.size(); i++) {
      out.append(i == 0 ? "" : ", ").append(fields.get(i).text());
    }
  }

  private void spanset(SpansetExpr expr) {
    switch (expr) {
      case SpansetExpr.Filter(FieldExpr condition) -> {
        out.append("{ ");
        field(condition);
        out.append(" }");
      }
      case SpansetExpr.Operation(SpansetOperator operator, SpansetExpr left, SpansetExpr right) -> {
        spansetOperand(left);
        out.append(' ').append(operator.text()).append(' ');
        spansetOperand(right);
      }
      case Pipeline pipeline -> {
        out.append('(');
        stages(pipeline);
        out.append(')');
      }
    }
  }

  private void spansetOperand(SpansetExpr expr) {
    if (expr instanceof Pipeline) {
      spanset(expr);
      return;
    }
    out.append('(');
    spanset(expr);
    out.append(')');
  }

  private void scalar(ScalarExpr expr) {
    switch (expr) {
      case ScalarExpr.Literal literal -> out.append(print(literal.value()));
      case ScalarExpr.Aggregate aggregate -> {
        out.append(aggregate.aggregator().text()).append('(');
        aggregate.field().ifPresent(this::field);
        out.append(')');
      }
      case ScalarExpr.Operation(FieldOperator operator, ScalarExpr left, ScalarExpr right) -> {
        scalarOperand(left);
        out.append(' ').append(operator.text()).append(' ');
        scalarOperand(right);
      }
      case ScalarExpr.Piped(Pipeline pipeline, ScalarExpr aggregate) -> {
        out.append('(');
        stages(pipeline);
        out.append(" | ");
        scalar(aggregate);
        out.append(')');
      }
    }
  }

  private void scalarOperand(ScalarExpr expr) {
    boolean brackets = expr instanceof ScalarExpr.Aggregate || expr instanceof ScalarExpr.Operation;
    out.append(brackets ? "(" : "");
    scalar(expr);
    out.append(brackets ? ")" : "");
  }

  private void field(FieldExpr expr) {
    switch (expr) {
      case FieldExpr.Literal literal -> out.append(print(literal.value()));
      case FieldExpr.Field field -> out.append(field.text());
      case FieldExpr.Not(FieldExpr operand) -> {
        out.append('!');
        operand(operand);
      }
      case FieldExpr.Negate(FieldExpr operand) -> {
        out.append('-');
        operand(operand);
      }
      case FieldExpr.Binary(FieldOperator operator, FieldExpr left, FieldExpr right) -> {
        operand(left);
        out.append(' ').append(operator.text()).append(' ');
        operand(right);
      }
    }
  }

  private void operand(FieldExpr expr) {
    boolean brackets = !(expr instanceof FieldExpr.Literal) && !(expr instanceof FieldExpr.Field);
    out.append(brackets ? "(" : "");
    field(expr);
    out.append(brackets ? ")" : "");
  }

  private void metric(Metric metric) {
    switch (metric) {
      case Metric.Number(SpanValue value) -> out.append(print(value));
      case Metric.Spans(Pipeline pipeline, Metric.FirstStage stage) -> {
        stages(pipeline);
        out.append(" | ");
        firstStage(stage);
      }
      case Metric.Staged(Metric operand, Metric.SecondStage stage) -> {
        metric(operand);
        switch (stage) {
          case Metric.Top(boolean bottom, int limit) ->
              out.append(bottom ? " | bottomk(" : " | topk(").append(limit).append(')');
          case Metric.Keep keep ->
              out.append(' ')
                  .append(keep.operator().text())
                  .append(' ')
                  .append(print(keep.literal().value()));
        }
      }
      case Metric.Arithmetic(FieldOperator operator, Metric left, Metric right) -> {
        metricOperand(left);
        out.append(' ').append(operator.text()).append(' ');
        metricOperand(right);
      }
    }
  }

  private void metricOperand(Metric metric) {
    boolean brackets = !(metric instanceof Metric.Number);
    out.append(brackets ? "(" : "");
    metric(metric);
    out.append(brackets ? ")" : "");
  }

  private void firstStage(Metric.FirstStage stage) {
    switch (stage) {
      case Metric.Aggregate aggregate -> {
        out.append(aggregate.function().text()).append('(');
        aggregate.field().ifPresent(this::field);
        aggregate.quantiles().forEach(q -> out.append(", ").append(GoFloats.plain(q)));
        out.append(')');
        if (!aggregate.by().isEmpty()) {
          out.append(" by(");
          fields(aggregate.by());
          out.append(')');
        }
      }
      case Metric.Compare compare -> {
        out.append("compare(");
        spanset(compare.selection());
        out.append(", ").append(compare.topN());
        if (compare.startNanos() != 0 || compare.endNanos() != 0) {
          out.append(", ").append(compare.startNanos());
          out.append(", ").append(compare.endNanos());
        }
        out.append(')');
      }
    }
  }
}
