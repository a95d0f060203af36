package io.foursight.querylanguages.promql.ast;

/// What an expression yields at one step.
public enum ValueType {
  SCALAR("scalar", "scalar"),
  VECTOR("vector", "instant vector"),
  MATRIX("matrix", "range vector"),
  STRING("string", "string");

  private final String word;
  private final String documented;

  ValueType(String word, String documented) {
    this.word = word;
    this.documented = documented;
  }

  /// The word of the HTTP API: `resultType` and syntax tree.
  public String word() {
    return word;
  }

  /// The words of error messages and documentation.
  public String documented() {
    return documented;
  }
}
