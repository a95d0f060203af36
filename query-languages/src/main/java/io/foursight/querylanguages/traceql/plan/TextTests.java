package io.foursight.querylanguages.traceql.plan;

import io.foursight.model.FoursightException;
import io.foursight.model.TextMatcher;
import io.foursight.model.traces.SpanTextMatcher;
import io.foursight.querylanguages.regex.RegexMatcher;
import io.foursight.querylanguages.traceql.ast.FieldOperator;
import java.util.Optional;
import java.util.Set;

/// Comparisons of a text with a literal.
public final class TextTests {
  private record Equal(String literal) implements TextMatcher {
    @Override
    public boolean matches(String text) {
      return text.equals(literal);
    }

    @Override
    public Optional<Set<String>> literals() {
      return Optional.of(Set.of(literal));
    }

    @Override
    public String prefix() {
      return literal;
    }
  }

  /// A test and what it was made of.
  private record Written(FieldOperator operator, String literal, TextMatcher test)
      implements SpanTextMatcher {
    @Override
    public boolean matches(String text) {
      return test.matches(text);
    }

    @Override
    public Optional<Set<String>> literals() {
      return test.literals();
    }

    @Override
    public String prefix() {
      return test.prefix();
    }

    @Override
    public String text() {
      return operator.text() + " " + literal;
    }
  }

  private TextTests() {}

  /// @param operator a comparison
  public static SpanTextMatcher of(FieldOperator operator, String literal) {
    return new Written(operator, literal, test(operator, literal));
  }

  /// The test that wrote this.
  ///
  /// @throws FoursightException `BAD_DATA` when it is none
  public static SpanTextMatcher parse(String text) {
    int space = text.indexOf(' ');
    for (FieldOperator operator : FieldOperator.values()) {
      if (space > 0
          && operator.isComparison()
          && operator.text().equals(text.substring(0, space))) {
        return of(operator, text.substring(space + 1));
      }
    }
    throw FoursightException.badData("not a comparison of texts: " + text);
  }

  private static TextMatcher test(FieldOperator operator, String literal) {
    return switch (operator) {
      case EQUAL -> new Equal(literal);
      case NOT_EQUAL -> text -> !text.equals(literal);
      case LESS -> text -> compare(text, literal) < 0;
      case LESS_EQUAL -> text -> compare(text, literal) <= 0;
      case GREATER -> text -> compare(text, literal) > 0;
      case GREATER_EQUAL -> text -> compare(text, literal) >= 0;
      case MATCH -> RegexMatcher.compile(literal);
      case NOT_MATCH -> {
        var regex = RegexMatcher.compile(literal);
        yield text -> !regex.matches(text);
      }
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO, POWER, AND, OR ->
          throw new IllegalArgumentException("no comparison: " + operator);
    };
  }

  /// Order of the UTF-8 forms, which is the order of code points.
  public static int compare(String left, String right) {
    int common = Math.min(left.length(), right.length());
    for (int i = 0; i < common; i++) {
      char l = left.charAt(i);
      char r = right.charAt(i);
      if (l != r) {
        boolean surrogates = Character.isSurrogate(l) != Character.isSurrogate(r);
        return surrogates ? (Character.isSurrogate(l) ? 1 : -1) : Character.compare(l, r);
      }
    }
    return left.length() - right.length();
  }
}
