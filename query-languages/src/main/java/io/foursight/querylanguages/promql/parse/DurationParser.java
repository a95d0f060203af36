package io.foursight.querylanguages.promql.parse;

import io.foursight.querylanguages.promql.ast.BinaryOperator;
import io.foursight.querylanguages.promql.ast.DurationExpr;
import io.foursight.querylanguages.promql.ast.Position;
import java.util.Optional;

/// Durations in brackets and after `offset`: numbers, `step()`, `range()`, `min_of`, `max_of` and
/// arithmetic. Only what cannot hold for any query is refused here; the rest when it is evaluated.
final class DurationParser {
  private static final int MAX_DEPTH = 200;
  private static final String EXPECTED = "number, duration, step(), or range()";
  private static final int UNARY = BinaryOperator.MULTIPLY.precedence() + 1;
  private static final double MAX_SECONDS = 9_223_372_036.0;

  private final TokenCursor tokens;
  private int nesting;

  DurationParser(TokenCursor tokens) {
    this.tokens = tokens;
  }

  /// The range of a matrix or subquery, or a subquery's step.
  DurationExpr positive() {
    DurationExpr d = expression(0);
    if (d instanceof DurationExpr.Seconds s && !(s.value() > 0)) {
      throw tokens.error(s.position(), "duration must be greater than 0");
    }
    return d;
  }

  /// What follows `offset`: one term with a sign; sums and products need parentheses.
  DurationExpr offset() {
    return tokens.peek().is("-") || tokens.peek().is("+") ? signed(true) : term("offset");
  }

  private DurationExpr expression(int minPrecedence) {
    DurationExpr left =
        tokens.peek().is("-") || tokens.peek().is("+")
            ? signed(false)
            : term("subquery or range selector");
    int length = 0;
    while (true) {
      var op = operator();
      if (op.isEmpty() || op.get().precedence() < minPrecedence) {
        return left;
      }
      Position operator = tokens.take().position();
      if (++length + nesting > MAX_DEPTH) {
        throw tooDeep();
      }
      nesting++;
      DurationExpr right =
          expression(op.get().precedence() + (op.get().isRightAssociative() ? 0 : 1));
      nesting--;
      var position = unwrapped(left).position().to(unwrapped(right).position());
      checkDivisor(op.get(), right, operator);
      left = new DurationExpr.Arithmetic(position, op.get(), left, right);
    }
  }

  private void checkDivisor(BinaryOperator op, DurationExpr right, Position position) {
    if (right instanceof DurationExpr.Seconds s && s.value() == 0) {
      if (op == BinaryOperator.DIVIDE) {
        throw tokens.error(position, "division by zero");
      }
      if (op == BinaryOperator.MODULO) {
        throw tokens.error(position, "modulo by zero");
      }
    }
  }

  private Optional<BinaryOperator> operator() {
    Token t = tokens.peek();
    return t.kind() == Token.Kind.SYMBOL
        ? BinaryOperator.of(t.text()).filter(op -> op.kind() == BinaryOperator.Kind.ARITHMETIC)
        : Optional.empty();
  }

  private DurationExpr signed(boolean single) {
    Token sign = tokens.take();
    boolean negative = sign.is("-");
    if (++nesting > MAX_DEPTH) {
      throw tooDeep();
    }
    DurationExpr operand = single ? term("offset") : expression(UNARY);
    nesting--;
    var position = sign.position().to(operand.position());
    if (operand instanceof DurationExpr.Seconds s) {
      return new DurationExpr.Seconds(position, negative ? -s.value() : s.value(), s.written());
    }
    return new DurationExpr.Sign(position, negative, operand);
  }

  private DurationExpr term(String context) {
    Token t = tokens.peek();
    if (tokens.atNumber()) {
      tokens.take();
      double value = tokens.number(t);
      if (!(Math.abs(value) <= MAX_SECONDS)) {
        throw tokens.error(t.position(), "duration out of range");
      }
      return new DurationExpr.Seconds(t.position(), value, t.kind() == Token.Kind.DURATION);
    }
    if (t.is("(")) {
      tokens.take();
      if (++nesting > MAX_DEPTH) {
        throw tooDeep();
      }
      DurationExpr inner = expression(0);
      nesting--;
      expect(")", context);
      return new DurationExpr.Paren(tokens.since(t.position()), inner);
    }
    if (t.kind() == Token.Kind.WORD) {
      if (t.isWord("step") || t.isWord("range")) {
        tokens.take();
        expect("(", context);
        expect(")", context);
        var position = tokens.since(t.position());
        return t.isWord("step")
            ? new DurationExpr.Step(position)
            : new DurationExpr.Range(position);
      }
      if (t.isWord("min_of") || t.isWord("max_of")) {
        return extreme(t, context);
      }
    }
    throw tokens.unexpected(context, EXPECTED);
  }

  private void expect(String symbol, String context) {
    if (!tokens.skip(symbol)) {
      throw tokens.unexpected(context, EXPECTED);
    }
  }

  /// Errors point at what is inside brackets.
  private static DurationExpr unwrapped(DurationExpr d) {
    return d instanceof DurationExpr.Paren p ? unwrapped(p.inner()) : d;
  }

  private DurationExpr extreme(Token name, String context) {
    tokens.take();
    expect("(", context);
    if (++nesting > MAX_DEPTH) {
      throw tooDeep();
    }
    DurationExpr left = expression(0);
    expect(",", context);
    DurationExpr right = expression(0);
    nesting--;
    expect(")", context);
    return new DurationExpr.Extreme(
        tokens.since(name.position()), name.isWord("max_of"), left, right);
  }

  private PromqlParseException tooDeep() {
    return tokens.error(
        tokens.peek().position(), "duration expression is nested deeper than " + MAX_DEPTH);
  }
}
