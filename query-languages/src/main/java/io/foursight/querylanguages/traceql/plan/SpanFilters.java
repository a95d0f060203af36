package io.foursight.querylanguages.traceql.plan;

import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.SpanValue;
import io.foursight.querylanguages.traceql.ast.FieldExpr;
import io.foursight.querylanguages.traceql.ast.FieldExpr.IntrinsicField;
import io.foursight.querylanguages.traceql.ast.FieldOperator;
import io.foursight.querylanguages.traceql.ast.Pipeline;
import io.foursight.querylanguages.traceql.ast.SpansetExpr;
import io.foursight.querylanguages.traceql.ast.Stage;
import java.util.ArrayList;
import java.util.List;

/// Filters that pass every span that can satisfy a condition (and maybe others). What cannot be
/// told from one span alone, and what holds for spans that lack a field, passes all.
public final class SpanFilters {
  /// Below, every whole number is a double.
  private static final double EXACT = 1L << 52;

  private static final SpanFilter NONE = new SpanFilter.Or(List.of());

  private SpanFilters() {}

  /// Passes all spans that a pipeline can leave.
  public static SpanFilter of(Pipeline pipeline) {
    var terms = new ArrayList<SpanFilter>();
    for (Stage stage : pipeline.stages()) {
      if (stage instanceof SpansetExpr expr) {
        terms.add(of(expr));
      }
    }
    return and(terms);
  }

  private static SpanFilter of(SpansetExpr expr) {
    return switch (expr) {
      case SpansetExpr.Filter(FieldExpr condition) -> of(condition);
      case Pipeline pipeline -> of(pipeline);
      case SpansetExpr.Operation(var operator, SpansetExpr left, SpansetExpr right) ->
          operator.isStructural() && !operator.isUnion()
              ? of(right)
              : or(List.of(of(left), of(right)));
    };
  }

  /// Passes all spans for which the condition is true.
  public static SpanFilter of(FieldExpr condition) {
    return switch (condition) {
      case FieldExpr.Literal(SpanValue.Bool(boolean value)) -> value ? SpanFilter.ALL : NONE;
      case FieldExpr.Literal _ -> NONE;
      case FieldExpr.Attribute attribute ->
          any(attribute, field -> new SpanFilter.BoolTest(field, true));
      case FieldExpr.IntrinsicField _ -> NONE;
      case FieldExpr.Not _, FieldExpr.Negate _ -> SpanFilter.ALL;
      case FieldExpr.Binary(FieldOperator operator, FieldExpr left, FieldExpr right) ->
          switch (operator) {
            case AND -> and(List.of(of(left), of(right)));
            case OR -> or(List.of(of(left), of(right)));
            case ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO, POWER -> SpanFilter.ALL;
            case EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, MATCH, NOT_MATCH ->
                comparison(operator, left, right);
          };
    };
  }

  private static SpanFilter and(List<SpanFilter> terms) {
    var kept = new ArrayList<SpanFilter>();
    for (SpanFilter term : terms) {
      switch (term) {
        case SpanFilter.And(var inner) -> kept.addAll(inner);
        default -> kept.add(term);
      }
    }
    return kept.size() == 1
        ? kept.getFirst()
        : kept.contains(NONE) ? NONE : new SpanFilter.And(kept);
  }

  private static SpanFilter or(List<SpanFilter> terms) {
    var kept = new ArrayList<SpanFilter>();
    for (SpanFilter term : terms) {
      if (term.equals(SpanFilter.ALL)) {
        return SpanFilter.ALL;
      }
      switch (term) {
        case SpanFilter.Or(var inner) -> kept.addAll(inner);
        default -> kept.add(term);
      }
    }
    return kept.size() == 1 ? kept.getFirst() : new SpanFilter.Or(kept);
  }

  private interface OfField {
    SpanFilter filter(SpanField field);
  }

  private static SpanFilter any(FieldExpr.Field field, OfField each) {
    var stored = StoredFields.of(field);
    return stored.isEmpty() ? SpanFilter.ALL : or(stored.stream().map(each::filter).toList());
  }

  private static SpanFilter comparison(FieldOperator operator, FieldExpr left, FieldExpr right) {
    if (left instanceof FieldExpr.Field field
        && right instanceof FieldExpr.Literal(SpanValue value)) {
      return comparison(operator, field, value);
    }
    if (right instanceof FieldExpr.Field field
        && left instanceof FieldExpr.Literal(SpanValue value)
        && operator != FieldOperator.MATCH
        && operator != FieldOperator.NOT_MATCH) {
      return comparison(operator.mirrored(), field, value);
    }
    if (isNil(left) || isNil(right)) {
      return operator == FieldOperator.EQUAL
          ? SpanFilter.ALL
          : and(List.of(present(left), present(right)));
    }
    return and(List.of(present(left), present(right)));
  }

  private static boolean isNil(FieldExpr expr) {
    return expr instanceof FieldExpr.Literal(SpanValue.Nil _);
  }

  /// Passes all spans for which the expression has a value.
  private static SpanFilter present(FieldExpr expr) {
    return switch (expr) {
      case FieldExpr.Attribute attribute -> any(attribute, SpanFilter.Exists::new);
      case FieldExpr.Negate(FieldExpr operand) -> present(operand);
      case FieldExpr.Binary(FieldOperator operator, FieldExpr left, FieldExpr right) ->
          operator.isArithmetic() ? and(List.of(present(left), present(right))) : SpanFilter.ALL;
      case FieldExpr.Literal _, FieldExpr.IntrinsicField _, FieldExpr.Not _ -> SpanFilter.ALL;
    };
  }

  private static SpanFilter comparison(
      FieldOperator operator, FieldExpr.Field field, SpanValue value) {
    return field instanceof IntrinsicField intrinsic
        ? intrinsic(operator, intrinsic, value)
        : value instanceof SpanValue.Nil
            ? operator == FieldOperator.EQUAL ? SpanFilter.ALL : any(field, SpanFilter.Exists::new)
            : any(field, f -> stored(operator, f, value));
  }

  private static SpanFilter stored(FieldOperator operator, SpanField field, SpanValue value) {
    return switch (value) {
      case SpanValue.Text(String literal) ->
          new SpanFilter.TextTest(field, TextTests.of(operator, literal));
      case SpanValue.Bool(boolean literal) ->
          new SpanFilter.BoolTest(field, literal == (operator == FieldOperator.EQUAL));
      case SpanValue.Int _, SpanValue.Decimal _, SpanValue.Duration _ ->
          range(operator, field, Numbers.of(value).orElseThrow());
      case SpanValue.Status _, SpanValue.Kind _, SpanValue.Many _, SpanValue.Nil _ ->
          new SpanFilter.Exists(field);
    };
  }

  private static SpanFilter range(FieldOperator operator, SpanField field, double bound) {
    // Larger whole numbers may round to the bound.
    boolean exact = Math.abs(bound) < EXACT;
    double low = Double.NEGATIVE_INFINITY;
    double high = Double.POSITIVE_INFINITY;
    return switch (operator) {
      case EQUAL -> new SpanFilter.NumberRange(field, bound, bound);
      case LESS -> new SpanFilter.NumberRange(field, low, exact ? Math.nextDown(bound) : bound);
      case LESS_EQUAL -> new SpanFilter.NumberRange(field, low, bound);
      case GREATER -> new SpanFilter.NumberRange(field, exact ? Math.nextUp(bound) : bound, high);
      case GREATER_EQUAL -> new SpanFilter.NumberRange(field, bound, high);
      default -> new SpanFilter.Exists(field);
    };
  }

  private static SpanFilter intrinsic(
      FieldOperator operator, IntrinsicField field, SpanValue value) {
    return switch (field.intrinsic()) {
      case DURATION -> duration(operator, value);
      case STATUS -> new SpanFilter.StatusIn(mask(operator, value));
      case KIND -> new SpanFilter.KindIn(mask(operator, value));
      case NESTED_SET_PARENT -> onlyRoots(operator, value) ? new SpanFilter.Root() : SpanFilter.ALL;
      case NAME, EVENT_NAME, LINK_TRACE_ID, LINK_SPAN_ID ->
          value instanceof SpanValue.Text
              ? any(field, f -> stored(operator, f, value))
              : SpanFilter.ALL;
      case STATUS_MESSAGE, INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION ->
          // An empty text is not stored.
          value instanceof SpanValue.Text(String literal)
                  && !TextTests.of(operator, literal).matches("")
              ? any(field, f -> stored(operator, f, value))
              : SpanFilter.ALL;
      case EVENT_TIME_SINCE_START ->
          Numbers.of(value).isPresent()
              ? any(field, f -> stored(operator, f, value))
              : SpanFilter.ALL;
      case SPAN_ID,
          PARENT_ID,
          CHILD_COUNT,
          ROOT_NAME,
          ROOT_SERVICE,
          TRACE_DURATION,
          TRACE_ID,
          NESTED_SET_LEFT,
          NESTED_SET_RIGHT,
          PARENT ->
          SpanFilter.ALL;
    };
  }

  private static SpanFilter duration(FieldOperator operator, SpanValue value) {
    double bound = Numbers.of(value).orElse(Double.NaN);
    if (Double.isNaN(bound)) {
      return SpanFilter.ALL;
    }
    long floor = (long) Math.floor(bound);
    long ceil = (long) Math.ceil(bound);
    boolean exact = Math.abs(bound) < EXACT;
    return switch (operator) {
      case EQUAL -> new SpanFilter.DurationRange(floor, ceil);
      case LESS -> new SpanFilter.DurationRange(0, exact ? ceil - 1 : ceil);
      case LESS_EQUAL -> new SpanFilter.DurationRange(0, exact ? floor : ceil);
      case GREATER -> new SpanFilter.DurationRange(exact ? floor + 1 : floor, Long.MAX_VALUE);
      case GREATER_EQUAL -> new SpanFilter.DurationRange(exact ? ceil : floor, Long.MAX_VALUE);
      default -> SpanFilter.ALL;
    };
  }

  private static int mask(FieldOperator operator, SpanValue value) {
    long code =
        switch (value) {
          case SpanValue.Status(int c) -> c;
          case SpanValue.Kind(int c) -> c;
          case SpanValue.Int(long c) -> c;
          default -> -1;
        };
    if (code < 0 || code > 31) {
      return -1;
    }
    return operator == FieldOperator.EQUAL
        ? 1 << code
        : operator == FieldOperator.NOT_EQUAL ? ~(1 << code) : -1;
  }

  /// Whether a comparison of `nestedSetParent` holds for roots (-1) and for no other span (0 and
  /// more).
  public static boolean onlyRoots(FieldOperator operator, SpanValue value) {
    double bound = Numbers.of(value).orElse(Double.NaN);
    return Numbers.test(operator, -1, bound) && neverFromZero(operator, bound);
  }

  private static boolean neverFromZero(FieldOperator operator, double bound) {
    return switch (operator) {
      case EQUAL -> bound < 0;
      case LESS -> bound <= 0;
      case LESS_EQUAL -> bound < 0;
      default -> false;
    };
  }
}
