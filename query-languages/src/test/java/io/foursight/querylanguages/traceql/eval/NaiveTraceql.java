package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanValue;
import io.foursight.querylanguages.regex.RegexMatcher;
import io.foursight.querylanguages.traceql.ast.FieldExpr;
import io.foursight.querylanguages.traceql.ast.FieldOperator;
import io.foursight.querylanguages.traceql.ast.Pipeline;
import io.foursight.querylanguages.traceql.ast.ScalarExpr;
import io.foursight.querylanguages.traceql.ast.SpansetExpr;
import io.foursight.querylanguages.traceql.ast.SpansetOperator;
import io.foursight.querylanguages.traceql.ast.Stage;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// TraceQL over lists of spans of one trace, object by object: slow and plain, to check the engine
/// with. Knows nothing of plans, filters, columns or nested-set tricks.
public final class NaiveTraceql {
  /// @param array whether all of them must satisfy `!=`
  private record Values(List<SpanValue> all, boolean array) {
    static Values of(SpanValue... values) {
      return new Values(List.of(values), false);
    }
  }

  private final List<MemorySpan> trace;
  private final NaiveTree tree;

  public NaiveTraceql(List<MemorySpan> trace) {
    this.trace = trace;
    this.tree = new NaiveTree(trace);
  }

  /// The span sets that are left, spans by identity.
  public List<List<MemorySpan>> run(Pipeline pipeline) {
    return pipeline(pipeline, List.of(trace));
  }

  private List<List<MemorySpan>> pipeline(Pipeline pipeline, List<List<MemorySpan>> sets) {
    var left = sets;
    for (Stage stage : pipeline.stages()) {
      var next = new ArrayList<List<MemorySpan>>();
      if (stage instanceof Stage.Coalesce) {
        var all = left(left);
        next.add(trace.stream().filter(s -> contains(all, s)).toList());
      } else {
        left.forEach(set -> next.addAll(stage(stage, set)));
      }
      next.removeIf(List::isEmpty);
      left = next;
    }
    return left;
  }

  private static List<MemorySpan> left(List<List<MemorySpan>> sets) {
    return sets.stream().flatMap(List::stream).toList();
  }

  private static boolean contains(List<MemorySpan> spans, MemorySpan span) {
    return spans.stream().anyMatch(s -> s == span);
  }

  private List<List<MemorySpan>> stage(Stage stage, List<MemorySpan> set) {
    return switch (stage) {
      case SpansetExpr.Filter(FieldExpr condition) ->
          List.of(set.stream().filter(s -> isTrue(condition, s)).toList());
      case SpansetExpr.Operation operation -> List.of(operation(operation, set));
      case Pipeline inner -> pipeline(inner, List.of(set));
      case Stage.ScalarFilter filter -> passes(filter, set) ? List.of(set) : List.of();
      case Stage.GroupBy(FieldExpr by) -> {
        Map<Object, List<MemorySpan>> groups = new LinkedHashMap<>();
        for (MemorySpan span : set) {
          Values values = values(by, span);
          Object key =
              values.array ? values.all : values.all.isEmpty() ? "" : values.all.getFirst();
          groups.computeIfAbsent(key, k -> new ArrayList<>()).add(span);
        }
        yield List.copyOf(groups.values());
      }
      case Stage.Coalesce _, Stage.Select _ -> List.of(set);
    };
  }

  private List<MemorySpan> operation(SpansetExpr.Operation operation, List<MemorySpan> set) {
    var l = left(pipeline(new Pipeline(List.of(operation.left())), List.of(set)));
    var r = left(pipeline(new Pipeline(List.of(operation.right())), List.of(set)));
    SpansetOperator operator = operation.operator();
    if (operator == SpansetOperator.AND && (l.isEmpty() || r.isEmpty())) {
      return List.of();
    }
    Predicate<MemorySpan> wanted =
        switch (operator) {
          case AND, OR -> s -> contains(l, s) || contains(r, s);
          default -> {
            var relation = operator.relation();
            Predicate<MemorySpan> related =
                s -> contains(r, s) && l.stream().anyMatch(x -> tree.related(relation, x, s));
            Predicate<MemorySpan> relating =
                s -> contains(l, s) && r.stream().anyMatch(x -> tree.related(relation, s, x));
            yield operator.isNegated()
                ? s -> contains(r, s) && !related.test(s)
                : operator.isUnion() ? related.or(relating) : related;
          }
        };
    return set.stream().filter(wanted).toList();
  }

  private boolean passes(Stage.ScalarFilter filter, List<MemorySpan> set) {
    var aggregate = (ScalarExpr.Aggregate) filter.left();
    var literal = ((ScalarExpr.Literal) filter.right()).value();
    if (aggregate.field().isEmpty()) {
      return compare(filter.operator(), new SpanValue.Int(set.size()), literal);
    }
    List<Double> numbers =
        set.stream()
            .map(s -> values(aggregate.field().get(), s).all)
            .filter(v -> !v.isEmpty() && isNumber(v.getFirst()))
            .map(v -> number(v.getFirst()).doubleValue())
            .toList();
    if (numbers.isEmpty()) {
      return false;
    }
    var statistics = numbers.stream().mapToDouble(d -> d).summaryStatistics();
    double value =
        switch (aggregate.aggregator()) {
          case COUNT -> numbers.size();
          case MIN -> statistics.getMin();
          case MAX -> statistics.getMax();
          case SUM -> statistics.getSum();
          case AVG -> statistics.getAverage();
        };
    return compare(filter.operator(), new SpanValue.Decimal(value), literal);
  }

  boolean isTrue(FieldExpr expr, MemorySpan span) {
    Values values = values(expr, span);
    return !values.array && values.all.equals(List.of(new SpanValue.Bool(true)));
  }

  List<SpanValue> valuesOf(FieldExpr expr, MemorySpan span) {
    return values(expr, span).all;
  }

  private Values values(FieldExpr expr, MemorySpan span) {
    return switch (expr) {
      case FieldExpr.Literal(SpanValue value) ->
          value instanceof SpanValue.Nil ? Values.of() : Values.of(value);
      case FieldExpr.Attribute a -> attribute(a, span);
      case FieldExpr.IntrinsicField f -> intrinsic(f, span);
      case FieldExpr.Not(FieldExpr operand) -> {
        Values v = values(operand, span);
        yield !v.array && v.all.size() == 1 && v.all.getFirst() instanceof SpanValue.Bool(boolean b)
            ? Values.of(new SpanValue.Bool(!b))
            : Values.of();
      }
      case FieldExpr.Negate(FieldExpr operand) ->
          arithmetic(
              FieldOperator.SUBTRACT, Values.of(new SpanValue.Int(0)), values(operand, span));
      case FieldExpr.Binary(FieldOperator operator, FieldExpr l, FieldExpr r) ->
          operator.isArithmetic()
              ? arithmetic(operator, values(l, span), values(r, span))
              : Values.of(new SpanValue.Bool(test(operator, l, r, span)));
    };
  }

  private boolean test(FieldOperator operator, FieldExpr l, FieldExpr r, MemorySpan span) {
    if (operator == FieldOperator.AND) {
      return isTrue(l, span) && isTrue(r, span);
    }
    if (operator == FieldOperator.OR) {
      return isTrue(l, span) || isTrue(r, span);
    }
    var nil = new FieldExpr.Literal(new SpanValue.Nil());
    if (l.equals(nil) || r.equals(nil)) {
      FieldExpr other = l.equals(nil) ? r : l;
      Values v = values(other, span);
      boolean there = !v.all.isEmpty() || v.array;
      if (operator == FieldOperator.NOT_EQUAL) {
        return there;
      }
      boolean many =
          other instanceof FieldExpr.Attribute a
              && ((a.scope() == FieldExpr.Scope.EVENT && span.events().isEmpty())
                  || (a.scope() == FieldExpr.Scope.LINK && span.links().isEmpty()));
      return !there && !other.equals(nil) && !many;
    }
    Values left = values(l, span);
    Values right = values(r, span);
    boolean negative = operator == FieldOperator.NOT_EQUAL || operator == FieldOperator.NOT_MATCH;
    var pairs =
        left.all.stream()
            .flatMap(a -> right.all.stream().map(b -> compare(operator, a, b)))
            .toList();
    return negative && (left.array || right.array)
        ? !pairs.isEmpty() && pairs.stream().allMatch(p -> p)
        : pairs.stream().anyMatch(p -> p);
  }

  static boolean compare(FieldOperator operator, SpanValue l, SpanValue r) {
    if (l instanceof SpanValue.Text(String a) && r instanceof SpanValue.Text(String b)) {
      return switch (operator) {
        case MATCH -> RegexMatcher.compile(b).matches(a);
        case NOT_MATCH -> !RegexMatcher.compile(b).matches(a);
        default -> holds(operator, a.compareTo(b));
      };
    }
    boolean status =
        (l instanceof SpanValue.Status && r instanceof SpanValue.Int)
            || (l instanceof SpanValue.Int && r instanceof SpanValue.Status);
    boolean equality = operator == FieldOperator.EQUAL || operator == FieldOperator.NOT_EQUAL;
    if ((isNumber(l) && isNumber(r)) || (status && equality)) {
      return holds(operator, number(l).compareTo(number(r)));
    }
    return equality
        && l.getClass() == r.getClass()
        && !(l instanceof SpanValue.Text)
        && !(l instanceof SpanValue.Nil)
        && holds(operator, l.equals(r) ? 0 : 1);
  }

  private static boolean holds(FieldOperator operator, int order) {
    return switch (operator) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case LESS_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      default -> operator == FieldOperator.GREATER_EQUAL && order >= 0;
    };
  }

  private static boolean isNumber(SpanValue v) {
    return v instanceof SpanValue.Int
        || v instanceof SpanValue.Decimal
        || v instanceof SpanValue.Duration;
  }

  private static BigDecimal number(SpanValue value) {
    return switch (value) {
      case SpanValue.Int(long v) -> BigDecimal.valueOf(v);
      case SpanValue.Duration(long v) -> BigDecimal.valueOf(v);
      case SpanValue.Decimal(double v) -> new BigDecimal(v);
      case SpanValue.Status(int v) -> BigDecimal.valueOf(v);
      default -> throw new IllegalArgumentException(value.toString());
    };
  }

  private static Values arithmetic(FieldOperator operator, Values l, Values r) {
    if (l.all.isEmpty() || r.all.isEmpty()) {
      return Values.of();
    }
    SpanValue a = l.all.getFirst();
    SpanValue b = r.all.getFirst();
    if (!isNumber(a) || !isNumber(b)) {
      return Values.of();
    }
    double x = number(a).doubleValue();
    double y = number(b).doubleValue();
    double value =
        switch (operator) {
          case ADD -> x + y;
          case SUBTRACT -> x - y;
          case MULTIPLY -> x * y;
          default -> throw new IllegalArgumentException("not generated: " + operator);
        };
    return Values.of(
        a instanceof SpanValue.Int && b instanceof SpanValue.Int
            ? new SpanValue.Int((long) value)
            : new SpanValue.Decimal(value));
  }

  private static Values attribute(FieldExpr.Attribute a, MemorySpan span) {
    if (a.scope() == FieldExpr.Scope.NONE) {
      SpanValue own = span.attributes().get(a.name());
      return plain(own == null ? span.resource().get(a.name()) : own);
    }
    var field = new SpanField.Attribute(a.scope().stored(), a.name());
    return switch (a.scope()) {
      case EVENT, LINK -> new Values(span.values(field), false);
      default -> plain(span.values(field).stream().findFirst().orElse(null));
    };
  }

  private static Values plain(SpanValue value) {
    return value == null
        ? Values.of()
        : value instanceof SpanValue.Many(List<SpanValue> all)
            ? new Values(all, true)
            : Values.of(value);
  }

  private Values intrinsic(FieldExpr.IntrinsicField field, MemorySpan span) {
    return switch (field.intrinsic()) {
      case DURATION -> Values.of(new SpanValue.Duration(span.durationNanos()));
      case NAME -> Values.of(new SpanValue.Text(span.name()));
      case STATUS -> Values.of(new SpanValue.Status(span.status()));
      case STATUS_MESSAGE -> Values.of(new SpanValue.Text(span.statusMessage()));
      case KIND -> Values.of(new SpanValue.Kind(span.kind()));
      case CHILD_COUNT -> Values.of(new SpanValue.Int(tree.children(span)));
      case ROOT_NAME -> Values.of(new SpanValue.Text(tree.root().map(MemorySpan::name).orElse("")));
      case ROOT_SERVICE ->
          Values.of(
              tree.root()
                  .map(r -> r.resource().get("service.name"))
                  .orElse(new SpanValue.Text("")));
      case TRACE_DURATION -> Values.of(new SpanValue.Duration(tree.durationNanos()));
      case NESTED_SET_LEFT -> Values.of(new SpanValue.Int(tree.left(span)));
      case NESTED_SET_RIGHT -> Values.of(new SpanValue.Int(tree.right(span)));
      case NESTED_SET_PARENT -> Values.of(new SpanValue.Int(tree.parentNumber(span)));
      case EVENT_NAME -> new Values(span.values(SpanField.Intrinsic.EVENT_NAME), false);
      case EVENT_TIME_SINCE_START ->
          new Values(span.values(SpanField.Intrinsic.EVENT_TIME_SINCE_START), false);
      case INSTRUMENTATION_NAME -> Values.of(new SpanValue.Text(span.scopeName()));
      default -> throw new IllegalArgumentException("not generated: " + field);
    };
  }

  static Stream<MemorySpan> flat(List<List<MemorySpan>> sets) {
    return sets.stream().flatMap(List::stream);
  }
}
