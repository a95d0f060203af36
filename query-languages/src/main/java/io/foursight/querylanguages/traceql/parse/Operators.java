package io.foursight.querylanguages.traceql.parse;

import io.foursight.model.traces.SpanValue;
import io.foursight.querylanguages.traceql.ast.FieldOperator;
import io.foursight.querylanguages.traceql.ast.Metric;
import io.foursight.querylanguages.traceql.ast.ScalarExpr;
import io.foursight.querylanguages.traceql.ast.SpansetExpr;
import io.foursight.querylanguages.traceql.ast.SpansetOperator;
import io.foursight.querylanguages.traceql.ast.Stage;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The operators outside of braces, by what stands on their sides: span sets, aggregates, numbers
/// (computed at once), series.
final class Operators {
  private static final Map<String, SpansetOperator> STRUCTURE = new HashMap<>();

  static {
    for (SpansetOperator each : SpansetOperator.values()) {
      STRUCTURE.put(each.text(), each);
    }
  }

  private final TokenCursor tokens;

  Operators(TokenCursor tokens) {
    this.tokens = tokens;
  }

  /// 0 when the token is no operator.
  static int precedence(Token token) {
    if (token.kind() != Token.Kind.SYMBOL) {
      return 0;
    }
    var operator = FieldParser.operator(token);
    if (operator.isPresent()) {
      return operator.get().precedence();
    }
    return STRUCTURE.containsKey(token.text()) ? FieldOperator.EQUAL.precedence() : 0;
  }

  /// Whether samples may be compared so.
  boolean keeps(FieldOperator operator) {
    return operator.isComparison()
        && operator != FieldOperator.MATCH
        && operator != FieldOperator.NOT_MATCH;
  }

  Parsed combine(Token token, Parsed left, Parsed right) {
    if (left instanceof Parsed.Spans(SpansetExpr l)
        && right instanceof Parsed.Spans(SpansetExpr r)
        && STRUCTURE.containsKey(token.text())) {
      return new Parsed.Spans(new SpansetExpr.Operation(STRUCTURE.get(token.text()), l, r));
    }
    var operator = FieldParser.operator(token).orElseThrow(() -> tokens.unexpected(token));
    if (operator.isArithmetic()) {
      return arithmetic(token, operator, left, right);
    }
    if (keeps(operator)) {
      return comparison(token, operator, left, right);
    }
    throw tokens.unexpected(token);
  }

  private Parsed arithmetic(Token token, FieldOperator operator, Parsed left, Parsed right) {
    if (left instanceof Parsed.Number l && right instanceof Parsed.Number r) {
      var value = folded(operator, l.value(), r.value());
      return new Parsed.Number(value.orElseThrow(() -> tokens.unexpected(token)), true);
    }
    if (left instanceof Parsed.Series || right instanceof Parsed.Series) {
      if (operator == FieldOperator.MODULO || operator == FieldOperator.POWER) {
        throw tokens.unexpected(token);
      }
      return new Parsed.Series(
          new Metric.Arithmetic(operator, metric(token, left), metric(token, right)));
    }
    return new Parsed.Scalar(
        new ScalarExpr.Operation(operator, scalar(token, left), scalar(token, right)));
  }

  private Parsed comparison(Token token, FieldOperator operator, Parsed left, Parsed right) {
    if (left instanceof Parsed.Series(Metric metric) && right instanceof Parsed.Number number) {
      return new Parsed.Series(keep(operator, metric, number, token));
    }
    if (left instanceof Parsed.Scalar(ScalarExpr l)) {
      return new Parsed.Other(new Stage.ScalarFilter(operator, l, scalar(token, right)));
    }
    throw tokens.unexpected(token);
  }

  /// @param place of an error
  Metric keep(FieldOperator operator, Metric metric, Parsed.Number number, Token place) {
    if (number.isDuration() && number.computed()) {
      throw tokens.unexpected(place);
    }
    return new Metric.Staged(
        metric,
        new Metric.Keep(operator, decimal(number.value()), new Metric.Number(number.value())));
  }

  private Metric metric(Token token, Parsed side) {
    return switch (side) {
      case Parsed.Series(Metric metric) -> metric;
      case Parsed.Number number when !number.isDuration() -> new Metric.Number(number.value());
      case Parsed.Number _, Parsed.Scalar _, Parsed.Spans _, Parsed.Other _ ->
          throw tokens.unexpected(token);
    };
  }

  private ScalarExpr scalar(Token token, Parsed side) {
    return switch (side) {
      case Parsed.Scalar(ScalarExpr expr) -> expr;
      case Parsed.Number number -> new ScalarExpr.Literal(number.value());
      case Parsed.Series _, Parsed.Spans _, Parsed.Other _ -> throw tokens.unexpected(token);
    };
  }

  private static double decimal(SpanValue value) {
    return switch (value) {
      case SpanValue.Int(long v) -> v;
      case SpanValue.Decimal(double v) -> v;
      // As the samples of durations are: seconds.
      case SpanValue.Duration(long v) -> v / 1e9;
      default -> throw new IllegalStateException("no number: " + value);
    };
  }

  /// Whole numbers stay whole; a duration on either side makes a duration. Empty for a division by
  /// zero of whole numbers.
  private static Optional<SpanValue> folded(
      FieldOperator operator, SpanValue left, SpanValue right) {
    if (left instanceof SpanValue.Int(long l) && right instanceof SpanValue.Int(long r)) {
      return switch (operator) {
        case ADD -> Optional.of(new SpanValue.Int(l + r));
        case SUBTRACT -> Optional.of(new SpanValue.Int(l - r));
        case MULTIPLY -> Optional.of(new SpanValue.Int(l * r));
        case DIVIDE -> r == 0 ? Optional.empty() : Optional.of(new SpanValue.Int(l / r));
        case MODULO -> r == 0 ? Optional.empty() : Optional.of(new SpanValue.Int(l % r));
        default -> Optional.of(new SpanValue.Int((long) Math.pow(l, r)));
      };
    }
    boolean duration = left instanceof SpanValue.Duration || right instanceof SpanValue.Duration;
    double l = number(left);
    double r = number(right);
    double value =
        switch (operator) {
          case ADD -> l + r;
          case SUBTRACT -> l - r;
          case MULTIPLY -> l * r;
          case DIVIDE -> l / r;
          case MODULO -> l % r;
          default -> Math.pow(l, r);
        };
    return Optional.of(
        duration ? new SpanValue.Duration((long) value) : new SpanValue.Decimal(value));
  }

  private static double number(SpanValue value) {
    return value instanceof SpanValue.Duration(long nanos) ? nanos : decimal(value);
  }
}
