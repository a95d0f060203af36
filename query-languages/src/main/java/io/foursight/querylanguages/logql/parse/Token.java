package io.foursight.querylanguages.logql.parse;

import io.foursight.querylanguages.logql.ast.Position;
import java.util.Locale;
import java.util.Set;

/// One piece of a query with its text.
record Token(Kind kind, String text, Position position) {
  enum Kind {
    END("$end"),
    /// A word that may name a label; also the names of functions.
    IDENTIFIER("IDENTIFIER"),
    /// A word that never names a label.
    KEYWORD(""),
    STRING("STRING"),
    NUMBER("NUMBER"),
    DURATION("DURATION"),
    BYTES("BYTES"),
    /// `[5m]`, brackets included.
    RANGE("RANGE"),
    /// `--strict`
    FLAG("PARSER_FLAG"),
    /// Operators, brackets, comma.
    SYMBOL("");

    private final String shown;

    Kind(String shown) {
      this.shown = shown;
    }
  }

  static final Set<String> KEYWORDS =
      Set.of(
          "and",
          "or",
          "unless",
          "by",
          "without",
          "bool",
          "offset",
          "on",
          "ignoring",
          "group_left",
          "group_right",
          "json",
          "logfmt",
          "regexp",
          "pattern",
          "unpack",
          "unwrap",
          "line_format",
          "label_format",
          "drop",
          "keep",
          "decolorize");

  boolean is(String symbol) {
    return kind == Kind.SYMBOL && text.equals(symbol);
  }

  boolean isKeyword(String word) {
    return kind == Kind.KEYWORD && text.equalsIgnoreCase(word);
  }

  /// The text in lower case: keywords and functions are written in either.
  String lower() {
    return text.toLowerCase(Locale.ROOT);
  }

  /// As error messages name it.
  String described() {
    return kind.shown.isEmpty() ? lower() : kind.shown;
  }
}
