package io.foursight.querylanguages.promql.parse;

import io.foursight.querylanguages.promql.ast.Position;
import io.foursight.querylanguages.text.GoStrings;
import java.util.Locale;
import java.util.Set;

/// Cuts a query into tokens, one at a time, from left to right. Inside braces only label matchers
/// are legal; inside brackets `:` separates instead of belonging to names.
final class Lexer {
  private static final Set<String> DURATION_FUNCTIONS = Set.of("step", "range", "min_of", "max_of");

  private final String query;
  private int at;
  private int parens;
  private boolean braces;
  private boolean brackets;

  /// Inside brackets: where they start, whether there was a number and a colon.
  private int bracketAt;

  private boolean numberSeen;
  private boolean colonSeen;

  Lexer(String query) {
    this.query = query;
  }

  Token next() {
    skipBlank();
    int start = at;
    if (at == query.length()) {
      return end(start);
    }
    char c = query.charAt(at);
    if (brackets && !numberSeen && !startsDuration(c)) {
      throw error(start, "unexpected character in duration expression: " + shown(start));
    }
    if (c == '"' || c == '\'' || c == '`') {
      return string(start, c);
    }
    if (braces) {
      return insideBraces(start, c);
    }
    if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
      return number(start);
    }
    if (isWordStart(c) || (c == ':' && !brackets)) {
      return word(start);
    }
    return symbol(start, c);
  }

  private Token end(int start) {
    if (braces) {
      throw error(start, "unexpected end of input inside braces");
    }
    if (brackets && !numberSeen) {
      throw error(start, "unexpected end of input in duration expression");
    }
    if (parens > 0) {
      throw error(start, "unclosed left parenthesis");
    }
    if (brackets) {
      throw error(start, "unclosed left bracket");
    }
    return new Token(Token.Kind.END, "", new Position(start, start));
  }

  private void skipBlank() {
    while (at < query.length()) {
      char c = query.charAt(at);
      if (c == '#') {
        int line = query.indexOf('\n', at);
        at = line < 0 ? query.length() : line;
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        at++;
      } else {
        return;
      }
    }
  }

  private Token insideBraces(int start, char c) {
    if (isWordStart(c)) {
      while (isWordPart(peek(0))) {
        at++;
      }
      return token(Token.Kind.WORD, start);
    }
    char d = peek(1);
    switch (c) {
      case '}' -> {
        braces = false;
        return symbol(start, 1);
      }
      case ',' -> {
        return symbol(start, 1);
      }
      case '=' -> {
        return symbol(start, d == '~' ? 2 : 1);
      }
      case '!' -> {
        if (d == '=' || d == '~') {
          return symbol(start, 2);
        }
        throw error(start, "unexpected character after '!' inside braces: " + shown(start + 1));
      }
      case '{' -> throw error(start, "unexpected left brace '{'");
      default -> throw error(start, "unexpected character inside braces: " + shown(start));
    }
  }

  private Token symbol(int start, char c) {
    char d = peek(1);
    switch (c) {
      case '(' -> parens++;
      case ')' -> {
        if (--parens < 0) {
          throw error(start + 1, "unexpected right parenthesis ')'");
        }
      }
      case '{' -> braces = true;
      case '[' -> {
        if (brackets) {
          throw error(start, "unexpected left bracket '['");
        }
        brackets = true;
        bracketAt = start;
        numberSeen = false;
        colonSeen = false;
      }
      case ']' -> {
        if (!brackets) {
          throw error(start, "unexpected right bracket ']'");
        }
        brackets = false;
      }
      case '=' -> {
        if (d == '~') {
          throw error(start, "unexpected character after '=': " + shown(start + 1));
        }
        return symbol(start, d == '=' ? 2 : 1);
      }
      case '!' -> {
        if (d != '=') {
          throw error(start, "unexpected character after '!': " + shown(start + 1));
        }
        return symbol(start, 2);
      }
      case '<', '>' -> {
        return symbol(start, d == '=' || d == '/' ? 2 : 1);
      }
      case ':' -> colon(start);
      case ',', '+', '-', '*', '/', '%', '^', '@' -> {}
      default -> throw error(start, "unexpected character: " + shown(start));
    }
    return symbol(start, 1);
  }

  private void colon(int start) {
    if (brackets && query.substring(bracketAt + 1, start).isBlank()) {
      throw error(start + 1, "unexpected colon before duration in duration expression");
    }
    if (brackets && colonSeen) {
      throw error(start + 1, "unexpected colon ':'");
    }
    colonSeen = true;
  }

  /// Before the first number in brackets: digits, operators, or the name of a function.
  private boolean startsDuration(char c) {
    return isDigit(c)
        || (c == '.' && isDigit(peek(1)))
        || isWordStart(c)
        || "+-*/%^(),:]".indexOf(c) >= 0;
  }

  private Token symbol(int start, int length) {
    at = start + length;
    return token(Token.Kind.SYMBOL, start);
  }

  private Token word(int start) {
    while (isWordPart(peek(0)) || (peek(0) == ':' && !brackets)) {
      at++;
    }
    String text = query.substring(start, at);
    if (brackets && !DURATION_FUNCTIONS.contains(text.toLowerCase(Locale.ROOT))) {
      throw error(
          start,
          numberSeen
              ? "unexpected character: " + shown(start) + ", expected ':'"
              : "unexpected character in duration expression: " + shown(start));
    }
    boolean number = text.equalsIgnoreCase("inf") || text.equalsIgnoreCase("nan");
    return token(number ? Token.Kind.NUMBER : Token.Kind.WORD, start);
  }

  /// Digits that run into a letter or another point are an error that shows what was read.
  private Token number(int start) {
    numberSeen = true;
    if (scanNumber()) {
      if (endsHere()) {
        return token(Token.Kind.NUMBER, start);
      }
      if (scanUnits()) {
        if (endsHere()) {
          return token(Token.Kind.DURATION, start);
        }
        at++;
      } else if (peek(0) == '.') {
        at++;
      }
    } else if (peek(0) == '_') {
      at++;
    }
    throw error(
        start, "bad number or duration syntax: " + GoStrings.quote(query.substring(start, at)));
  }

  private boolean endsHere() {
    return !isWordPart(peek(0)) && peek(0) != '.';
  }

  /// Digits with single underscores between, a fraction and an exponent, or hexadecimal digits.
  private boolean scanNumber() {
    if (peek(0) == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
      at += 2;
      return digits(16);
    }
    if (!digits(10)) {
      return false;
    }
    if (peek(0) == '.') {
      at++;
      if (!digits(10)) {
        return false;
      }
    }
    if (peek(0) != 'e' && peek(0) != 'E') {
      return true;
    }
    at++;
    if (peek(0) == '+' || peek(0) == '-') {
      at++;
    }
    return (isDigit(peek(0)) || brackets) && digits(10);
  }

  /// Possibly none; false at an underscore without a digit after it.
  private boolean digits(int radix) {
    while (true) {
      char c = peek(0);
      if (c == '_') {
        at++;
        c = peek(0);
        if (c >= 0x80 || Character.digit(c, radix) < 0) {
          return false;
        }
      } else if (c >= 0x80 || Character.digit(c, radix) < 0) {
        return true;
      }
      at++;
    }
  }

  /// The unit after the digits read, and what more digits and units follow. Which units exist, and
  /// in which order, is checked where the value is computed.
  private boolean scanUnits() {
    String units = "smhdwy";
    while (units.indexOf(peek(0)) >= 0) {
      at++;
      if (peek(0) == 's') {
        at++;
      }
      if (!isDigit(peek(0))) {
        return true;
      }
      while (isDigit(peek(0))) {
        at++;
      }
      units = "smhdw";
    }
    return false;
  }

  private Token string(int start, char quote) {
    at++;
    while (at < query.length()) {
      char c = query.charAt(at++);
      if (c == quote) {
        return token(Token.Kind.STRING, start);
      }
      if (quote == '`') {
        continue;
      }
      if (c == '\n') {
        throw error(start, "unterminated quoted string");
      }
      if (c == '\\') {
        if (at == query.length()) {
          throw error(start, "escape sequence not terminated");
        }
        char escaped = query.charAt(at);
        if (escaped != quote && "abfnrtv\\xuU01234567".indexOf(escaped) < 0) {
          throw error(
              start,
              "unknown escape sequence "
                  + String.format("U+%04X '%s'", query.codePointAt(at), codePoint(at)));
        }
        at++;
      }
    }
    throw error(start, quote == '`' ? "unterminated raw string" : "unterminated quoted string");
  }

  private Token token(Token.Kind kind, int start) {
    return new Token(kind, query.substring(start, at), new Position(start, at));
  }

  private PromqlParseException error(int start, String what) {
    return new PromqlParseException(query, new Position(start, at), what);
  }

  private String shown(int index) {
    return index >= query.length() ? "'\\uffff'" : "'" + codePoint(index) + "'";
  }

  private String codePoint(int index) {
    return Character.toString(query.codePointAt(index));
  }

  private char peek(int ahead) {
    return at + ahead < query.length() ? query.charAt(at + ahead) : '\0';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private static boolean isWordPart(char c) {
    return isWordStart(c) || isDigit(c);
  }
}
