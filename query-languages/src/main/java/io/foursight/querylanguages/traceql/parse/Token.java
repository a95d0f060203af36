package io.foursight.querylanguages.traceql.parse;

import io.foursight.querylanguages.traceql.ast.FieldExpr;
import java.util.Optional;

/// One piece of a query.
///
/// @param text as written; of a `STRING` what it means
/// @param number of an `INT`, or nanoseconds of a `DURATION`
/// @param field of a `FIELD`
/// @param start UTF-16 offset
record Token(
    Kind kind, String text, long number, Optional<FieldExpr.Field> field, int start, int end) {
  enum Kind {
    END,
    WORD,
    STRING,
    INT,
    DECIMAL,
    DURATION,
    /// An attribute, or an intrinsic with its scope.
    FIELD,
    SYMBOL
  }

  static Token of(Kind kind, String text, int start, int end) {
    return new Token(kind, text, 0, Optional.empty(), start, end);
  }

  boolean is(String symbol) {
    return kind == Kind.SYMBOL && text.equals(symbol);
  }

  boolean isWord(String word) {
    return kind == Kind.WORD && text.equals(word);
  }

  String described() {
    return switch (kind) {
      case END -> "$end";
      case WORD, SYMBOL, FIELD -> text;
      case STRING -> "STRING";
      case INT -> "INTEGER";
      case DECIMAL -> "FLOAT";
      case DURATION -> "DURATION";
    };
  }
}
