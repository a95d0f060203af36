package io.foursight.querylanguages.traceql.plan;

import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceId;
import io.foursight.querylanguages.traceql.ast.FieldExpr;
import io.foursight.querylanguages.traceql.ast.FieldExpr.IntrinsicField;
import io.foursight.querylanguages.traceql.ast.FieldOperator;
import io.foursight.querylanguages.traceql.ast.Intrinsic;
import io.foursight.querylanguages.traceql.ast.Pipeline;
import io.foursight.querylanguages.traceql.ast.ScalarExpr;
import io.foursight.querylanguages.traceql.ast.SpansetExpr;
import io.foursight.querylanguages.traceql.ast.SpansetOperator;
import io.foursight.querylanguages.traceql.ast.Stage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// How a pipeline's spans are found.
///
/// @param filter passes all spans that the pipeline can leave
/// @param ids the only traces that can have any, ascending; empty when that is not known
/// @param spanBySpan the conditions that a span must satisfy when each can be judged by itself;
///   empty when whole traces are needed
public record PipelinePlan(
    SpanFilter filter, Optional<List<TraceId>> ids, Optional<FieldExpr> spanBySpan) {
  private static final FieldExpr TRUE = new FieldExpr.Literal(new SpanValue.Bool(true));

  public static PipelinePlan of(Pipeline pipeline) {
    return new PipelinePlan(
        SpanFilters.of(pipeline), ids(pipeline).map(ids -> List.copyOf(ids)), condition(pipeline));
  }

  /// Whether a value needs more of a trace than its span.
  public static boolean needsTrace(FieldExpr expr) {
    return switch (expr) {
      case FieldExpr.Literal _, FieldExpr.Attribute _ -> false;
      case IntrinsicField field ->
          switch (field.intrinsic()) {
            case CHILD_COUNT,
                ROOT_NAME,
                ROOT_SERVICE,
                TRACE_DURATION,
                NESTED_SET_LEFT,
                NESTED_SET_RIGHT,
                NESTED_SET_PARENT ->
                true;
            default -> false;
          };
      case FieldExpr.Not(FieldExpr operand) -> needsTrace(operand);
      case FieldExpr.Negate(FieldExpr operand) -> needsTrace(operand);
      case FieldExpr.Binary(FieldOperator operator, FieldExpr left, FieldExpr right) ->
          !asksForRoot(operator, left, right) && (needsTrace(left) || needsTrace(right));
    };
  }

  /// Whether it is a comparison of `nestedSetParent` that only tells roots from others.
  public static boolean asksForRoot(FieldOperator operator, FieldExpr left, FieldExpr right) {
    return left instanceof IntrinsicField(Intrinsic intrinsic, _)
        && intrinsic == Intrinsic.NESTED_SET_PARENT
        && right instanceof FieldExpr.Literal(SpanValue value)
        && SpanFilters.onlyRoots(operator, value);
  }

  private static Optional<FieldExpr> condition(Pipeline pipeline) {
    FieldExpr all = TRUE;
    for (Stage stage : pipeline.stages()) {
      switch (stage) {
        case SpansetExpr expr -> {
          var condition = condition(expr);
          if (condition.isEmpty()) {
            return Optional.empty();
          }
          all =
              all == TRUE
                  ? condition.get()
                  : new FieldExpr.Binary(FieldOperator.AND, all, condition.get());
        }
        case Stage.ScalarFilter _ -> {
          return Optional.empty();
        }
        case Stage.GroupBy _, Stage.Coalesce _, Stage.Select _ -> {}
      }
    }
    return Optional.of(all);
  }

  private static Optional<FieldExpr> condition(SpansetExpr expr) {
    return switch (expr) {
      case SpansetExpr.Filter(FieldExpr condition) ->
          needsTrace(condition) ? Optional.empty() : Optional.of(condition);
      case Pipeline pipeline -> condition(pipeline);
      case SpansetExpr.Operation(SpansetOperator operator, SpansetExpr left, SpansetExpr right) -> {
        var l = operator == SpansetOperator.OR ? condition(left) : Optional.<FieldExpr>empty();
        var r = l.isPresent() ? condition(right) : Optional.<FieldExpr>empty();
        yield r.map(x -> new FieldExpr.Binary(FieldOperator.OR, l.orElseThrow(), x));
      }
    };
  }

  private static Optional<TreeSet<TraceId>> ids(SpansetExpr expr) {
    return switch (expr) {
      case SpansetExpr.Filter(FieldExpr condition) -> ids(condition);
      case Pipeline pipeline -> {
        Optional<TreeSet<TraceId>> found = Optional.empty();
        for (Stage stage : pipeline.stages()) {
          if (found.isEmpty() && stage instanceof SpansetExpr e) {
            found = ids(e);
          }
        }
        yield found;
      }
      case SpansetExpr.Operation(SpansetOperator operator, SpansetExpr left, SpansetExpr right) -> {
        if (operator == SpansetOperator.OR) {
          yield both(ids(left), ids(right));
        }
        // All spans are of one trace, and unless negated both sides must have some.
        var l = operator.isNegated() ? Optional.<TreeSet<TraceId>>empty() : ids(left);
        yield l.isPresent() ? l : ids(right);
      }
    };
  }

  private static Optional<TreeSet<TraceId>> ids(FieldExpr condition) {
    if (condition instanceof FieldExpr.Binary(FieldOperator operator, FieldExpr l, FieldExpr r)) {
      return switch (operator) {
        case AND -> ids(l).or(() -> ids(r));
        case OR -> both(ids(l), ids(r));
        case EQUAL -> {
          var literal = l instanceof FieldExpr.Literal ? l : r;
          var field = l instanceof FieldExpr.Literal ? r : l;
          yield field instanceof IntrinsicField(Intrinsic intrinsic, _)
                  && intrinsic == Intrinsic.TRACE_ID
                  && literal instanceof FieldExpr.Literal(SpanValue.Text(String text))
              ? Optional.of(new TreeSet<>(id(text).map(List::of).orElse(List.of())))
              : Optional.empty();
        }
        default -> Optional.empty();
      };
    }
    return Optional.empty();
  }

  private static Optional<TreeSet<TraceId>> both(
      Optional<TreeSet<TraceId>> left, Optional<TreeSet<TraceId>> right) {
    if (left.isEmpty() || right.isEmpty()) {
      return Optional.empty();
    }
    left.get().addAll(right.get());
    return left;
  }

  /// The id that a text of up to 32 lower-case hex digits means; empty when it is none.
  public static Optional<TraceId> id(String text) {
    if (text.isEmpty() || text.length() > 32) {
      return Optional.empty();
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
        return Optional.empty();
      }
    }
    String padded = "0".repeat(32 - text.length()) + text;
    return Optional.of(
        new TraceId(
            Long.parseUnsignedLong(padded, 0, 16, 16), Long.parseUnsignedLong(padded, 16, 32, 16)));
  }

  /// Fields that conditions and `select` read, in the order of the query, each once.
  public static List<FieldExpr.Field> read(Pipeline pipeline) {
    var fields = new LinkedHashSet<FieldExpr.Field>();
    collect(pipeline, fields);
    return new ArrayList<>(fields);
  }

  private static void collect(SpansetExpr expr, Set<FieldExpr.Field> out) {
    switch (expr) {
      case SpansetExpr.Filter(FieldExpr condition) -> collect(condition, out);
      case SpansetExpr.Operation(_, SpansetExpr left, SpansetExpr right) -> {
        collect(left, out);
        collect(right, out);
      }
      case Pipeline pipeline -> {
        for (Stage stage : pipeline.stages()) {
          switch (stage) {
            case SpansetExpr e -> collect(e, out);
            case Stage.Select(List<FieldExpr.Field> fields) -> out.addAll(fields);
            case Stage.GroupBy(FieldExpr by) -> collect(by, out);
            case Stage.ScalarFilter filter -> {
              if (filter.left() instanceof ScalarExpr.Aggregate a) {
                a.field().ifPresent(f -> collect(f, out));
              }
            }
            case Stage.Coalesce _ -> {}
          }
        }
      }
    }
  }

  private static void collect(FieldExpr expr, Set<FieldExpr.Field> out) {
    switch (expr) {
      case FieldExpr.Literal _ -> {}
      case FieldExpr.Field field -> out.add(field);
      case FieldExpr.Not(FieldExpr operand) -> collect(operand, out);
      case FieldExpr.Negate(FieldExpr operand) -> collect(operand, out);
      case FieldExpr.Binary(_, FieldExpr left, FieldExpr right) -> {
        collect(left, out);
        collect(right, out);
      }
    }
  }
}
