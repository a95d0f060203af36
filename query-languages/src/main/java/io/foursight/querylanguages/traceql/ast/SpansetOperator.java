package io.foursight.querylanguages.traceql.ast;

/// Operators between span sets. Structural ones look from the left span to the right one: `>` holds
/// when the right span is a child of the left.
public enum SpansetOperator {
  AND("&&"),
  OR("||"),
  CHILD(">"),
  PARENT("<"),
  DESCENDANT(">>"),
  ANCESTOR("<<"),
  SIBLING("~"),
  NOT_CHILD("!>"),
  NOT_PARENT("!<"),
  NOT_DESCENDANT("!>>"),
  NOT_ANCESTOR("!<<"),
  NOT_SIBLING("!~"),
  UNION_CHILD("&>"),
  UNION_PARENT("&<"),
  UNION_DESCENDANT("&>>"),
  UNION_ANCESTOR("&<<"),
  UNION_SIBLING("&~");

  private final String text;

  SpansetOperator(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }

  public boolean isStructural() {
    return this != AND && this != OR;
  }

  public boolean isNegated() {
    return text.charAt(0) == '!';
  }

  public boolean isUnion() {
    return isStructural() && text.charAt(0) == '&';
  }

  /// The relation without negation or union.
  public SpansetOperator relation() {
    return isNegated() || isUnion() ? valueOf(name().substring(name().indexOf('_') + 1)) : this;
  }
}
