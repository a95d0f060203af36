package io.foursight.querylanguages.logql.parse;

import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.querylanguages.logql.ast.BinaryOperator;
import io.foursight.querylanguages.logql.ast.LabelFilter;
import io.foursight.querylanguages.logql.ast.LabelFilter.Quantity;
import io.foursight.querylanguages.regex.RegexMatcher;
import io.foursight.querylanguages.text.GoByteSizes;
import java.util.Set;

/// Conditions on labels. `and` binds tighter than `or`; a comma, or nothing, between two conditions
/// means `and` and takes everything to its right as one condition.
final class LabelFilterParser {
  private static final int MAX_TERMS = 1000;

  /// Bound on what recurses: brackets, and commas (which take all to their right).
  private static final int MAX_NESTING = 200;

  private static final Set<String> COMPARISONS = Set.of("=", "==", "!=", ">", ">=", "<", "<=");

  private final TokenCursor tokens;
  private int terms;
  private int nesting;

  LabelFilterParser(TokenCursor tokens) {
    this.tokens = tokens;
  }

  LabelFilter filter() {
    terms = 0;
    nesting = 0;
    return any();
  }

  private LabelFilter any() {
    if (++nesting > MAX_NESTING) {
      throw tokens.error(
          tokens.peek().position(), "label filter nests more than " + MAX_NESTING + " levels");
    }
    LabelFilter left = all();
    while (tokens.skipKeyword("or")) {
      left = new LabelFilter.Or(left, all());
    }
    nesting--;
    return left;
  }

  private LabelFilter all() {
    LabelFilter left = operand();
    while (tokens.skipKeyword("and")) {
      left = new LabelFilter.And(left, operand());
    }
    return left;
  }

  private LabelFilter operand() {
    LabelFilter one = single();
    boolean more = tokens.skip(",") || startsFilter();
    return more ? new LabelFilter.And(one, any()) : one;
  }

  private boolean startsFilter() {
    return tokens.peek().kind() == Token.Kind.IDENTIFIER || tokens.peek().is("(");
  }

  private LabelFilter single() {
    if (++terms > MAX_TERMS) {
      throw tokens.error(
          tokens.peek().position(), "label filter has more than " + MAX_TERMS + " conditions");
    }
    if (tokens.skip("(")) {
      LabelFilter inner = any();
      tokens.expect(")");
      return inner;
    }
    String label = tokens.identifier();
    Token operator = tokens.peek();
    if (operator.is("=~") || operator.is("!~")) {
      tokens.take();
      return regex(label, operator.is("!~"));
    }
    if (operator.kind() != Token.Kind.SYMBOL || !COMPARISONS.contains(operator.text())) {
      throw tokens.unexpected();
    }
    tokens.take();
    boolean equality = operator.is("=") || operator.is("!=");
    if (equality && tokens.peek().kind() == Token.Kind.STRING) {
      String value = tokens.string();
      return new LabelFilter.Text(
          operator.is("=")
              ? LabelMatcher.equal(label, value)
              : LabelMatcher.notEqual(label, value));
    }
    if (equality && tokens.atCall() && tokens.peek().lower().equals("ip")) {
      tokens.take();
      tokens.take();
      String range = tokens.string();
      tokens.expect(")");
      return new LabelFilter.Address(label, operator.is("!="), range);
    }
    return quantity(label, BinaryOperator.of(operator.is("=") ? "==" : operator.text()).get());
  }

  private LabelFilter regex(String label, boolean negated) {
    String expression = tokens.string();
    try {
      return new LabelFilter.Text(
          LabelMatcher.regex(label, expression, negated, RegexMatcher.compile(expression)));
    } catch (FoursightException e) {
      throw LogqlParseException.ofRegex(expression, e);
    }
  }

  private LabelFilter quantity(String label, BinaryOperator operator) {
    Token sign = tokens.peek();
    boolean signed = sign.is("-") || sign.is("+");
    if (signed) {
      tokens.take();
    }
    Token t = tokens.peek();
    String text = (signed ? sign.text() : "") + t.text();
    if (t.kind() == Token.Kind.NUMBER) {
      double value = tokens.number();
      return new Quantity(
          label, operator, Quantity.Unit.NUMBER, sign.is("-") ? -value : value, text);
    }
    if (!signed && t.kind() == Token.Kind.DURATION) {
      tokens.take();
      return new Quantity(
          label,
          operator,
          Quantity.Unit.DURATION,
          Quantities.durationNanos(t.text()).getAsLong(),
          text);
    }
    if (!signed && t.kind() == Token.Kind.BYTES) {
      tokens.take();
      return new Quantity(
          label, operator, Quantity.Unit.BYTES, GoByteSizes.parse(t.text()).getAsLong(), text);
    }
    throw tokens.unexpected();
  }
}
