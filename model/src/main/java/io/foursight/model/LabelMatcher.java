package io.foursight.model;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// One condition on a label. An absent label has the empty value. For the regex types `matcher` is
/// the compiled, fully anchored expression, written `value`; for the others it compares with
/// `value`. Equality of records ignores the compiled form.
public record LabelMatcher(Type type, String name, String value, TextMatcher matcher) {
  public enum Type {
    EQUAL("="),
    NOT_EQUAL("!="),
    REGEX("=~"),
    NOT_REGEX("!~");

    private final String symbol;

    Type(String symbol) {
      this.symbol = symbol;
    }

    public String symbol() {
      return symbol;
    }
  }

  public LabelMatcher {
    Objects.requireNonNull(type);
    Objects.requireNonNull(name);
    Objects.requireNonNull(value);
    Objects.requireNonNull(matcher);
  }

  public static LabelMatcher equal(String name, String value) {
    return new LabelMatcher(Type.EQUAL, name, value, literal(value));
  }

  public static LabelMatcher notEqual(String name, String value) {
    return new LabelMatcher(Type.NOT_EQUAL, name, value, literal(value));
  }

  /// `=~` (or `!~` when `negated`) with an expression that somebody else compiled.
  public static LabelMatcher regex(
      String name, String expression, boolean negated, TextMatcher compiled) {
    return new LabelMatcher(negated ? Type.NOT_REGEX : Type.REGEX, name, expression, compiled);
  }

  /// Whether a label value (empty = absent) satisfies the condition.
  public boolean matches(String labelValue) {
    return matcher.matches(labelValue) != isNegative();
  }

  /// Whether a series without the label satisfies the condition.
  public boolean matchesEmpty() {
    return matches("");
  }

  public boolean isNegative() {
    return type == Type.NOT_EQUAL || type == Type.NOT_REGEX;
  }

  private static TextMatcher literal(String value) {
    return new TextMatcher() {
      @Override
      public boolean matches(String text) {
        return value.equals(text);
      }

      @Override
      public Optional<Set<String>> literals() {
        return Optional.of(Set.of(value));
      }

      @Override
      public String prefix() {
        return value;
      }
    };
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof LabelMatcher m
        && type == m.type
        && name.equals(m.name)
        && value.equals(m.value);
  }

  @Override
  public int hashCode() {
    return Objects.hash(type, name, value);
  }

  @Override
  public String toString() {
    return name + type.symbol() + '"' + value + '"';
  }
}
