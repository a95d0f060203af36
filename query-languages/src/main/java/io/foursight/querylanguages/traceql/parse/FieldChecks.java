package io.foursight.querylanguages.traceql.parse;

import io.foursight.model.FoursightException;
import io.foursight.model.traces.SpanValue;
import io.foursight.querylanguages.regex.RegexMatcher;
import io.foursight.querylanguages.traceql.ast.FieldExpr;
import io.foursight.querylanguages.traceql.ast.FieldExpr.Scope;
import io.foursight.querylanguages.traceql.ast.FieldOperator;
import io.foursight.querylanguages.traceql.ast.Intrinsic;
import io.foursight.querylanguages.traceql.ast.Type;
import io.foursight.querylanguages.traceql.print.TraceqlPrinter;

/// Types of the expressions over one span, and what they forbid.
final class FieldChecks {
  private static Type type(SpanValue value) {
    return switch (value) {
      case SpanValue.Text _ -> Type.TEXT;
      case SpanValue.Int _ -> Type.INT;
      case SpanValue.Decimal _ -> Type.DECIMAL;
      case SpanValue.Bool _ -> Type.BOOL;
      case SpanValue.Duration _ -> Type.DURATION;
      case SpanValue.Status _ -> Type.STATUS;
      case SpanValue.Kind _ -> Type.KIND;
      case SpanValue.Nil _ -> Type.NIL;
      case SpanValue.Many _ -> Type.ANY;
    };
  }

  boolean readsSpan(FieldExpr expr) {
    return switch (expr) {
      case FieldExpr.Literal _ -> false;
      case FieldExpr.Field _ -> true;
      case FieldExpr.Not(FieldExpr operand) -> readsSpan(operand);
      case FieldExpr.Negate(FieldExpr operand) -> readsSpan(operand);
      case FieldExpr.Binary(_, FieldExpr left, FieldExpr right) ->
          readsSpan(left) || readsSpan(right);
    };
  }

  /// The expression's type, when nothing is wrong with it.
  Type check(FieldExpr expr) {
    return switch (expr) {
      case FieldExpr.Literal(SpanValue value) -> type(value);
      case FieldExpr.Attribute attribute -> {
        if (attribute.parent()) {
          throw TraceqlParseException.unsupported("parent scope (" + attribute.text() + ") is");
        }
        yield Type.ANY;
      }
      case FieldExpr.IntrinsicField field -> {
        if (field.intrinsic() == Intrinsic.PARENT) {
          throw TraceqlParseException.unsupported("intrinsic (parent) is");
        }
        yield field.intrinsic().type();
      }
      case FieldExpr.Not(FieldExpr operand) -> {
        Type type = check(operand);
        if (type != Type.ANY && type != Type.BOOL) {
          throw illegal("!", expr);
        }
        yield Type.BOOL;
      }
      case FieldExpr.Negate(FieldExpr operand) -> {
        Type type = check(operand);
        if (type != Type.ANY && !type.isNumber()) {
          throw illegal("-", expr);
        }
        yield type;
      }
      case FieldExpr.Binary binary -> binary(binary);
    };
  }

  private Type binary(FieldExpr.Binary binary) {
    Type left = check(binary.left());
    Type right = check(binary.right());
    FieldOperator operator = binary.operator();
    if (!comparable(left, right)) {
      throw TraceqlParseException.invalid(
          "binary operations must operate on the same type: " + TraceqlPrinter.print(binary));
    }
    if (!takes(operator, left) || !takes(operator, right)) {
      throw illegal(operator.text(), binary);
    }
    if (operator == FieldOperator.MATCH || operator == FieldOperator.NOT_MATCH) {
      regex(binary);
    }
    if (operator == FieldOperator.EQUAL) {
      absent(binary, binary.left(), right);
      absent(binary, binary.right(), left);
    }
    if (!operator.isArithmetic()) {
      return Type.BOOL;
    }
    return left == Type.ANY ? right : left;
  }

  /// Some fields are never absent.
  private static void absent(FieldExpr.Binary binary, FieldExpr field, Type other) {
    boolean always =
        field instanceof FieldExpr.IntrinsicField
            || (field instanceof FieldExpr.Attribute a
                && a.scope() == Scope.RESOURCE
                && a.name().equals("service.name"));
    if (always && other == Type.NIL) {
      throw TraceqlParseException.invalid(
          TraceqlPrinter.print(field) + " is never nil: " + TraceqlPrinter.print(binary));
    }
  }

  private static void regex(FieldExpr.Binary binary) {
    if (binary.right() instanceof FieldExpr.Literal(SpanValue.Text(String expression))) {
      try {
        RegexMatcher.compile(expression);
      } catch (FoursightException e) {
        throw TraceqlParseException.invalid("invalid regex: " + e.getMessage());
      }
      return;
    }
    throw TraceqlParseException.invalid(
        "regular expressions must be string literals: " + TraceqlPrinter.print(binary));
  }

  private static boolean comparable(Type left, Type right) {
    return left == right
        || left == Type.ANY
        || right == Type.ANY
        || left == Type.NIL
        || right == Type.NIL
        || (left.isNumber() && right.isNumber())
        || (left == Type.STATUS && right == Type.INT)
        || (left == Type.INT && right == Type.STATUS);
  }

  private static boolean takes(FieldOperator operator, Type type) {
    boolean equality = operator == FieldOperator.EQUAL || operator == FieldOperator.NOT_EQUAL;
    boolean regex = operator == FieldOperator.MATCH || operator == FieldOperator.NOT_MATCH;
    return switch (type) {
      case ANY -> true;
      case NIL, STATUS, KIND -> equality;
      case BOOL -> equality || operator.isLogic();
      case TEXT -> operator.isComparison();
      case INT, DECIMAL, DURATION -> operator.isArithmetic() || (operator.isComparison() && !regex);
    };
  }

  private static TraceqlParseException illegal(String operator, FieldExpr expr) {
    return TraceqlParseException.invalid(
        "illegal operation for the given types: " + operator + ": " + TraceqlPrinter.print(expr));
  }
}
