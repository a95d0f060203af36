package io.foursight.querylanguages.logql.ast;

import java.util.Optional;

/// The infix operators; a higher `precedence` binds tighter.
public enum BinaryOperator {
  OR("or", 1, Kind.SET),
  AND("and", 2, Kind.SET),
  UNLESS("unless", 2, Kind.SET),
  EQUAL("==", 3, Kind.COMPARISON),
  NOT_EQUAL("!=", 3, Kind.COMPARISON),
  LESS("<", 3, Kind.COMPARISON),
  LESS_EQUAL("<=", 3, Kind.COMPARISON),
  GREATER(">", 3, Kind.COMPARISON),
  GREATER_EQUAL(">=", 3, Kind.COMPARISON),
  ADD("+", 4, Kind.ARITHMETIC),
  SUBTRACT("-", 4, Kind.ARITHMETIC),
  MULTIPLY("*", 5, Kind.ARITHMETIC),
  DIVIDE("/", 5, Kind.ARITHMETIC),
  MODULO("%", 5, Kind.ARITHMETIC),
  POWER("^", 6, Kind.ARITHMETIC);

  public enum Kind {
    ARITHMETIC,
    COMPARISON,
    SET
  }

  private final String symbol;
  private final int precedence;
  private final Kind kind;

  BinaryOperator(String symbol, int precedence, Kind kind) {
    this.symbol = symbol;
    this.precedence = precedence;
    this.kind = kind;
  }

  public String symbol() {
    return symbol;
  }

  public int precedence() {
    return precedence;
  }

  public Kind kind() {
    return kind;
  }

  public boolean isComparison() {
    return kind == Kind.COMPARISON;
  }

  public boolean isSet() {
    return kind == Kind.SET;
  }

  /// Only `^` groups to the right.
  public boolean isRightAssociative() {
    return this == POWER;
  }

  /// The result for two numbers; comparisons give 1 or 0. Not for set operators.
  public double apply(double left, double right) {
    return switch (this) {
      case ADD -> left + right;
      case SUBTRACT -> left - right;
      case MULTIPLY -> left * right;
      case DIVIDE -> right == 0 ? Double.NaN : left / right;
      case MODULO -> right == 0 ? Double.NaN : left % right;
      case POWER -> power(left, right);
      case EQUAL -> left == right ? 1 : 0;
      case NOT_EQUAL -> left != right ? 1 : 0;
      case LESS -> left < right ? 1 : 0;
      case LESS_EQUAL -> left <= right ? 1 : 0;
      case GREATER -> left > right ? 1 : 0;
      case GREATER_EQUAL -> left >= right ? 1 : 0;
      case OR, AND, UNLESS -> throw new IllegalStateException("not a number operation: " + this);
    };
  }

  /// As IEEE 754-2008 has it, where Java's `pow` says NaN: 1 to any power is 1, and so is -1 to an
  /// infinite one.
  private static double power(double left, double right) {
    if (left == 1 || (left == -1 && Double.isInfinite(right))) {
      return 1;
    }
    return Math.pow(left, right);
  }

  /// @param symbol in lower case
  public static Optional<BinaryOperator> of(String symbol) {
    for (var op : values()) {
      if (op.symbol.equals(symbol)) {
        return Optional.of(op);
      }
    }
    return Optional.empty();
  }
}
