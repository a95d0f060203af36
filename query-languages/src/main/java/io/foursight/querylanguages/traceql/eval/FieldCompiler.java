package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanValue;
import io.foursight.querylanguages.traceql.ast.FieldExpr;
import io.foursight.querylanguages.traceql.ast.FieldExpr.IntrinsicField;
import io.foursight.querylanguages.traceql.ast.FieldOperator;
import io.foursight.querylanguages.traceql.ast.Intrinsic;
import io.foursight.querylanguages.traceql.plan.PipelinePlan;
import io.foursight.querylanguages.traceql.plan.StoredFields;
import io.foursight.querylanguages.traceql.plan.TextTests;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Makes tests and values of expressions, and lists the columns that they read. What it makes has
/// state and belongs to one thread.
final class FieldCompiler {
  private static final Set<Intrinsic> TREE =
      EnumSet.of(
          Intrinsic.CHILD_COUNT,
          Intrinsic.NESTED_SET_LEFT,
          Intrinsic.NESTED_SET_RIGHT,
          Intrinsic.NESTED_SET_PARENT);

  private final Map<SpanField, Integer> columns = new LinkedHashMap<>();
  private boolean usesTree;

  /// The columns that are read, in the order of their numbers.
  List<SpanField> columns() {
    return List.copyOf(columns.keySet());
  }

  /// Whether anything reads nested sets or children.
  boolean usesTree() {
    return usesTree;
  }

  void useTree() {
    usesTree = true;
  }

  int column(SpanField field) {
    return columns.computeIfAbsent(field, f -> columns.size());
  }

  SpanTest test(FieldExpr expr) {
    return switch (expr) {
      case FieldExpr.Literal(SpanValue value) -> {
        boolean constant = value instanceof SpanValue.Bool(boolean v) && v;
        yield (rows, row) -> constant;
      }
      case FieldExpr.Field field -> truth(value(field));
      case FieldExpr.Not not -> not(not);
      case FieldExpr.Negate _ -> (rows, row) -> false;
      case FieldExpr.Binary(FieldOperator operator, FieldExpr left, FieldExpr right) ->
          switch (operator) {
            case AND -> all(operands(operator, expr));
            case OR -> any(operands(operator, expr));
            case ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO, POWER -> truth(value(expr));
            case EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, MATCH, NOT_MATCH ->
                comparison(operator, left, right);
          };
    };
  }

  private static SpanTest truth(Value value) {
    var cell = new Cell();
    return (rows, row) -> {
      value.load(rows, row, cell);
      return cell.isTrue();
    };
  }

  private SpanTest not(FieldExpr.Not not) {
    if (isTest(not.operand())) {
      SpanTest operand = test(not.operand());
      return (rows, row) -> !operand.test(rows, row);
    }
    return truth(value(not));
  }

  /// Whether an expression is true or false for every span.
  private static boolean isTest(FieldExpr expr) {
    return switch (expr) {
      case FieldExpr.Literal(SpanValue value) -> value instanceof SpanValue.Bool;
      case FieldExpr.Binary(FieldOperator operator, _, _) -> !operator.isArithmetic();
      case FieldExpr.Not(FieldExpr operand) -> isTest(operand);
      case FieldExpr.Field _, FieldExpr.Negate _ -> false;
    };
  }

  /// The sides of a chain of one operator, so that it is tested by a loop.
  private SpanTest[] operands(FieldOperator operator, FieldExpr expr) {
    var reversed = new ArrayList<SpanTest>();
    FieldExpr rest = expr;
    while (rest instanceof FieldExpr.Binary(FieldOperator o, FieldExpr left, FieldExpr right)
        && o == operator) {
      reversed.add(test(right));
      rest = left;
    }
    reversed.add(test(rest));
    return reversed.reversed().toArray(SpanTest[]::new);
  }

  private static SpanTest all(SpanTest[] tests) {
    return (rows, row) -> {
      for (SpanTest test : tests) {
        if (!test.test(rows, row)) {
          return false;
        }
      }
      return true;
    };
  }

  private static SpanTest any(SpanTest[] tests) {
    return (rows, row) -> {
      for (SpanTest test : tests) {
        if (test.test(rows, row)) {
          return true;
        }
      }
      return false;
    };
  }

  private SpanTest comparison(FieldOperator operator, FieldExpr left, FieldExpr right) {
    if (left instanceof FieldExpr.Literal(SpanValue.Nil _)) {
      return presence(operator, right);
    }
    if (right instanceof FieldExpr.Literal(SpanValue.Nil _)) {
      return presence(operator, left);
    }
    if (PipelinePlan.asksForRoot(operator, left, right)) {
      return (rows, row) -> rows.page().parentIds()[row] == 0;
    }
    if (right instanceof FieldExpr.Literal(SpanValue literal)) {
      return withLiteral(operator, left, literal);
    }
    if (left instanceof FieldExpr.Literal(SpanValue literal)
        && operator != FieldOperator.MATCH
        && operator != FieldOperator.NOT_MATCH) {
      return withLiteral(operator.mirrored(), right, literal);
    }
    return new Comparison(operator, value(left), value(right));
  }

  private SpanTest withLiteral(FieldOperator operator, FieldExpr expr, SpanValue literal) {
    if (expr instanceof IntrinsicField(Intrinsic intrinsic, _)
        && intrinsic == Intrinsic.TRACE_ID
        && literal instanceof SpanValue.Text(String text)) {
      return traceId(operator, text);
    }
    return new Comparison.WithLiteral(operator, value(expr), literal);
  }

  /// Leading zeros do not count.
  private SpanTest traceId(FieldOperator operator, String text) {
    if (operator == FieldOperator.EQUAL || operator == FieldOperator.NOT_EQUAL) {
      var id = PipelinePlan.id(text);
      boolean equal = operator == FieldOperator.EQUAL;
      return (rows, row) ->
          equal
              == (id.isPresent()
                  && rows.page().traceLows()[row] == id.get().low()
                  && rows.page().traceHighs()[row] == id.get().high());
    }
    boolean negated = operator == FieldOperator.NOT_MATCH;
    if (operator != FieldOperator.MATCH && !negated) {
      String padded = "0".repeat(Math.max(0, 32 - text.length())) + text;
      return new Comparison.WithLiteral(operator, Values.traceId(), new SpanValue.Text(padded));
    }
    var regex = TextTests.of(FieldOperator.MATCH, text);
    var cell = new Cell();
    Value value = Values.traceId();
    return (rows, row) -> {
      value.load(rows, row, cell);
      String id = cell.text(0);
      int zeros = 0;
      while (zeros < id.length() - 1 && id.charAt(zeros) == '0') {
        zeros++;
      }
      return negated != (regex.matches(id) || regex.matches(id.substring(zeros)));
    };
  }

  private SpanTest presence(FieldOperator operator, FieldExpr expr) {
    if (expr instanceof FieldExpr.Literal(SpanValue literal)) {
      boolean constant = !(literal instanceof SpanValue.Nil) && operator == FieldOperator.NOT_EQUAL;
      return (rows, row) -> constant;
    }
    Value value = value(expr);
    var cell = new Cell();
    SpanTest present =
        (rows, row) -> {
          value.load(rows, row, cell);
          return !cell.isAbsent();
        };
    if (operator == FieldOperator.NOT_EQUAL) {
      return present;
    }
    var scope =
        expr instanceof FieldExpr.Attribute attribute ? attribute.scope() : FieldExpr.Scope.NONE;
    return switch (scope) {
      case EVENT -> absentOf(column(SpanField.Intrinsic.EVENT_TIME_SINCE_START), present);
      case LINK -> absentOf(column(SpanField.Intrinsic.LINK_SPAN_ID), present);
      case NONE, SPAN, RESOURCE, INSTRUMENTATION -> (rows, row) -> !present.test(rows, row);
    };
  }

  /// Only spans that have an event or a link can lack something of them.
  private static SpanTest absentOf(int column, SpanTest present) {
    return (rows, row) -> rows.page().columns().get(column).has(row) && !present.test(rows, row);
  }

  Value value(FieldExpr expr) {
    return switch (expr) {
      case FieldExpr.Literal(SpanValue value) -> (rows, row, cell) -> Values.constant(value, cell);
      case FieldExpr.Attribute attribute -> {
        var stored = StoredFields.of(attribute);
        yield switch (attribute.scope()) {
          case NONE -> Values.either(column(stored.get(0)), column(stored.get(1)));
          case EVENT, LINK -> Values.column(column(stored.getFirst()), false);
          case SPAN, RESOURCE, INSTRUMENTATION -> Values.column(column(stored.getFirst()), true);
        };
      }
      case IntrinsicField field -> intrinsic(field.intrinsic());
      case FieldExpr.Not(FieldExpr operand) ->
          isTest(expr) ? Values.of(test(expr)) : Values.not(value(operand));
      case FieldExpr.Negate(FieldExpr operand) -> Values.negate(value(operand));
      case FieldExpr.Binary(FieldOperator operator, FieldExpr left, FieldExpr right) ->
          operator.isArithmetic()
              ? Values.arithmetic(operator, value(left), value(right))
              : Values.of(test(expr));
    };
  }

  private Value intrinsic(Intrinsic intrinsic) {
    usesTree |= TREE.contains(intrinsic);
    return switch (intrinsic) {
      case DURATION ->
          (rows, row, cell) -> cell.set(SpanColumn.DURATION, rows.page().durationNanos(row));
      case STATUS -> (rows, row, cell) -> cell.set(Cell.STATUS, rows.page().statuses()[row]);
      case KIND -> (rows, row, cell) -> cell.set(Cell.KIND, rows.page().kinds()[row]);
      case NAME, STATUS_MESSAGE, INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION ->
          Values.text(column(StoredFields.of(intrinsic).orElseThrow()));
      case EVENT_NAME, EVENT_TIME_SINCE_START, LINK_TRACE_ID, LINK_SPAN_ID ->
          Values.column(column(StoredFields.of(intrinsic).orElseThrow()), false);
      case SPAN_ID -> Values.spanId();
      case PARENT_ID -> Values.parentId();
      case TRACE_ID -> Values.traceId();
      case ROOT_NAME -> Values.ofRoot(column(SpanField.Intrinsic.NAME));
      case ROOT_SERVICE -> Values.ofRoot(column(SpanField.SERVICE_NAME));
      case CHILD_COUNT ->
          (rows, row, cell) -> cell.set(SpanColumn.INT, rows.shape().children(row - rows.from()));
      case TRACE_DURATION ->
          (rows, row, cell) -> cell.set(SpanColumn.DURATION, rows.shape().durationNanos());
      case NESTED_SET_LEFT ->
          (rows, row, cell) -> cell.set(SpanColumn.INT, rows.shape().left(row - rows.from()));
      case NESTED_SET_RIGHT ->
          (rows, row, cell) -> cell.set(SpanColumn.INT, rows.shape().right(row - rows.from()));
      case NESTED_SET_PARENT ->
          // What asks for roots is answered from the span alone, so this must agree.
          (rows, row, cell) ->
              cell.set(
                  SpanColumn.INT,
                  rows.page().parentIds()[row] == 0 ? -1 : rows.shape().parent(row - rows.from()));
      case PARENT -> (rows, row, cell) -> cell.clear();
    };
  }
}
