package io.foursight.querylanguages.traceql.ast;

/// What is known of a value before evaluation.
public enum Type {
  /// An attribute's value may be anything.
  ANY("attribute"),
  NIL("nil"),
  INT("integer"),
  DECIMAL("float"),
  TEXT("string"),
  BOOL("boolean"),
  DURATION("duration"),
  STATUS("status"),
  KIND("kind");

  private final String text;

  Type(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }

  public boolean isNumber() {
    return this == INT || this == DECIMAL || this == DURATION;
  }
}
