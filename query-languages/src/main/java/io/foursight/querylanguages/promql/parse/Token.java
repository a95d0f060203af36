package io.foursight.querylanguages.promql.parse;

import io.foursight.querylanguages.promql.ast.Aggregator;
import io.foursight.querylanguages.promql.ast.Position;
import java.util.Locale;
import java.util.Set;

/// One piece of a query with its text.
record Token(Kind kind, String text, Position position) {
  enum Kind {
    END,
    /// A name or a keyword: which of them, the parser decides by the place.
    WORD,
    NUMBER,
    DURATION,
    STRING,
    /// Operators, brackets, comma, colon, `@`.
    SYMBOL
  }

  private static final Set<String> WORD_OPERATORS = Set.of("and", "or", "unless", "atan2");
  private static final Set<String> KEYWORDS =
      Set.of(
          "offset",
          "anchored",
          "smoothed",
          "by",
          "without",
          "on",
          "ignoring",
          "group_left",
          "group_right",
          "fill",
          "fill_left",
          "fill_right",
          "bool",
          "start",
          "end",
          "step",
          "range");
  private static final Set<String> PUNCTUATION =
      Set.of("(", ")", "{", "}", "[", "]", ",", ":", "=");

  boolean is(String symbol) {
    return kind == Kind.SYMBOL && text.equals(symbol);
  }

  boolean isWord(String word) {
    return kind == Kind.WORD && text.equalsIgnoreCase(word);
  }

  /// As error messages name it.
  String described() {
    String lower = text.toLowerCase(Locale.ROOT);
    return switch (kind) {
      case END -> "end of input";
      case NUMBER -> "number " + shortened();
      case DURATION -> "duration " + shortened();
      case STRING -> "string " + shortened();
      case SYMBOL -> PUNCTUATION.contains(text) ? '"' + text + '"' : "<op:" + text + ">";
      case WORD -> {
        if (WORD_OPERATORS.contains(lower)) {
          yield "<op:" + lower + ">";
        }
        if (Aggregator.of(lower).isPresent()) {
          yield "<aggr:" + lower + ">";
        }
        if (KEYWORDS.contains(lower)) {
          yield "<" + lower + ">";
        }
        yield (text.indexOf(':') >= 0 ? "metric identifier " : "identifier ")
            + io.foursight.querylanguages.text.GoStrings.quote(text);
      }
    };
  }

  private String shortened() {
    boolean cut = text.codePointCount(0, text.length()) > 10;
    String shown = cut ? text.substring(0, text.offsetByCodePoints(0, 10)) : text;
    return io.foursight.querylanguages.text.GoStrings.quote(shown) + (cut ? "..." : "");
  }
}
