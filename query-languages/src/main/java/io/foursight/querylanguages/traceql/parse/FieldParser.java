package io.foursight.querylanguages.traceql.parse;

import io.foursight.model.traces.SpanValue;
import io.foursight.querylanguages.traceql.ast.FieldExpr;
import io.foursight.querylanguages.traceql.ast.FieldOperator;
import io.foursight.querylanguages.traceql.ast.Intrinsic;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Expressions over the fields of a span. Binary operators bind as [FieldOperator#precedence] says,
/// to the left except `^`; a sign and `!` take what multiplies and nothing looser.
final class FieldParser {
  private static final Map<String, FieldOperator> OPERATORS = new HashMap<>();
  private static final Map<String, SpanValue> WORDS =
      Map.ofEntries(
          Map.entry("true", new SpanValue.Bool(true)),
          Map.entry("false", new SpanValue.Bool(false)),
          Map.entry("nil", new SpanValue.Nil()),
          Map.entry("unset", new SpanValue.Status(0)),
          Map.entry("ok", new SpanValue.Status(1)),
          Map.entry("error", new SpanValue.Status(2)),
          Map.entry("unspecified", new SpanValue.Kind(0)),
          Map.entry("internal", new SpanValue.Kind(1)),
          Map.entry("server", new SpanValue.Kind(2)),
          Map.entry("client", new SpanValue.Kind(3)),
          Map.entry("producer", new SpanValue.Kind(4)),
          Map.entry("consumer", new SpanValue.Kind(5)),
          Map.entry("minInt", new SpanValue.Int(Long.MIN_VALUE)),
          Map.entry("maxInt", new SpanValue.Int(Long.MAX_VALUE)));

  static {
    for (FieldOperator each : FieldOperator.values()) {
      OPERATORS.put(each.text(), each);
    }
  }

  private final TokenCursor tokens;

  FieldParser(TokenCursor tokens) {
    this.tokens = tokens;
  }

  /// The operator that a symbol means between two values.
  static Optional<FieldOperator> operator(Token token) {
    return token.kind() == Token.Kind.SYMBOL
        ? Optional.ofNullable(OPERATORS.get(token.text()))
        : Optional.empty();
  }

  FieldExpr expression() {
    return binary(1);
  }

  private FieldExpr binary(int loosest) {
    FieldExpr left = unary();
    while (true) {
      var operator = operator(tokens.peek());
      if (operator.isEmpty() || operator.get().precedence() < loosest) {
        return left;
      }
      tokens.take();
      int precedence = operator.get().precedence();
      FieldExpr right = binary(operator.get() == FieldOperator.POWER ? precedence : precedence + 1);
      left = new FieldExpr.Binary(operator.get(), left, right);
    }
  }

  private FieldExpr unary() {
    if (tokens.skip("-")) {
      FieldExpr operand = binary(FieldOperator.MULTIPLY.precedence());
      return negated(operand);
    }
    if (tokens.skip("!")) {
      return new FieldExpr.Not(binary(FieldOperator.MULTIPLY.precedence()));
    }
    if (tokens.skip("(")) {
      FieldExpr inner = expression();
      tokens.expect(")");
      return inner;
    }
    return operand();
  }

  private static FieldExpr negated(FieldExpr operand) {
    if (operand instanceof FieldExpr.Literal literal) {
      var value = negated(literal.value());
      if (value.isPresent()) {
        return new FieldExpr.Literal(value.get());
      }
    }
    return new FieldExpr.Negate(operand);
  }

  static Optional<SpanValue> negated(SpanValue value) {
    return switch (value) {
      case SpanValue.Int(long v) -> Optional.of(new SpanValue.Int(-v));
      case SpanValue.Decimal(double v) -> Optional.of(new SpanValue.Decimal(-v));
      case SpanValue.Duration(long v) -> Optional.of(new SpanValue.Duration(-v));
      default -> Optional.empty();
    };
  }

  private FieldExpr operand() {
    var literal = literal();
    return literal.isPresent() ? new FieldExpr.Literal(literal.get()) : field();
  }

  /// Takes a literal if one is next.
  Optional<SpanValue> literal() {
    Token t = tokens.peek();
    SpanValue value =
        switch (t.kind()) {
          case STRING -> new SpanValue.Text(t.text());
          case INT -> new SpanValue.Int(t.number());
          case DECIMAL -> new SpanValue.Decimal(Double.parseDouble(t.text()));
          case DURATION -> new SpanValue.Duration(t.number());
          case WORD -> WORDS.get(t.text());
          case END, FIELD, SYMBOL -> null;
        };
    if (value != null) {
      tokens.take();
    }
    return Optional.ofNullable(value);
  }

  FieldExpr.Field field() {
    Token t = tokens.peek();
    if (t.kind() == Token.Kind.FIELD) {
      return tokens.take().field().orElseThrow();
    }
    if (t.kind() == Token.Kind.WORD) {
      var intrinsic = Intrinsic.bare(t.text());
      if (intrinsic.isPresent()) {
        tokens.take();
        return new FieldExpr.IntrinsicField(intrinsic.get(), false);
      }
    }
    throw tokens.unexpected();
  }
}
