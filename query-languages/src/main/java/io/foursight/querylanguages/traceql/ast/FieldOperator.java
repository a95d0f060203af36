package io.foursight.querylanguages.traceql.ast;

/// Operators between values.
public enum FieldOperator {
  ADD("+", 3),
  SUBTRACT("-", 3),
  MULTIPLY("*", 4),
  DIVIDE("/", 4),
  MODULO("%", 4),
  POWER("^", 5),
  EQUAL("=", 2),
  NOT_EQUAL("!=", 2),
  LESS("<", 2),
  LESS_EQUAL("<=", 2),
  GREATER(">", 2),
  GREATER_EQUAL(">=", 2),
  MATCH("=~", 2),
  NOT_MATCH("!~", 2),
  AND("&&", 1),
  OR("||", 1);

  private final String text;
  private final int precedence;

  FieldOperator(String text, int precedence) {
    this.text = text;
    this.precedence = precedence;
  }

  public String text() {
    return text;
  }

  /// Higher binds tighter.
  public int precedence() {
    return precedence;
  }

  public boolean isArithmetic() {
    return precedence >= 3;
  }

  public boolean isComparison() {
    return precedence == 2;
  }

  public boolean isLogic() {
    return precedence == 1;
  }

  /// The same with its sides exchanged: `a < b` is `b > a`. Only for comparisons without regexes.
  public FieldOperator mirrored() {
    return switch (this) {
      case LESS -> GREATER;
      case LESS_EQUAL -> GREATER_EQUAL;
      case GREATER -> LESS;
      case GREATER_EQUAL -> LESS_EQUAL;
      default -> this;
    };
  }
}
