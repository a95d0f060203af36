package io.foursight.querylanguages.promql.parse;

import io.foursight.querylanguages.promql.ast.Position;
import io.foursight.querylanguages.text.GoStrings;

/// Cuts a query into tokens, one at a time, from left to right. Inside braces only label matchers
/// are legal; inside brackets `:` separates instead of belonging to names.
final class Lexer {
  private final String query;
  private int at;
  private int parens;
  private boolean braces;
  private boolean brackets;

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
        return symbol(start, d == '~' || d == '=' ? 2 : 1);
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
          throw error(start, "unexpected right parenthesis ')'");
        }
      }
      case '{' -> braces = true;
      case '}' -> throw error(start, "unexpected right brace '}'");
      case '[' -> {
        if (brackets) {
          throw error(start, "unexpected left bracket '['");
        }
        brackets = true;
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
      case ',', ':', '+', '-', '*', '/', '%', '^', '@' -> {}
      default -> throw error(start, "unexpected character: " + shown(start));
    }
    return symbol(start, 1);
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
    boolean number = text.equalsIgnoreCase("inf") || text.equalsIgnoreCase("nan");
    return token(number ? Token.Kind.NUMBER : Token.Kind.WORD, start);
  }

  private Token number(int start) {
    if (scanNumber() && !isWordPart(peek(0))) {
      return token(Token.Kind.NUMBER, start);
    }
    at = start;
    if (scanDuration() && !isWordPart(peek(0))) {
      return token(Token.Kind.DURATION, start);
    }
    while (isWordPart(peek(0)) || peek(0) == '.') {
      at++;
    }
    throw error(
        start, "bad number or duration syntax: " + GoStrings.quote(query.substring(start, at)));
  }

  /// Digits with single underscores between, a fraction and an exponent, or hexadecimal digits.
  private boolean scanNumber() {
    if (peek(0) == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
      at += 2;
      return digits(16);
    }
    boolean some = digits(10);
    if (peek(0) == '.') {
      at++;
      some |= digits(10);
    }
    if (some && (peek(0) == 'e' || peek(0) == 'E')) {
      at++;
      if (peek(0) == '+' || peek(0) == '-') {
        at++;
      }
      return digits(10);
    }
    return some;
  }

  private boolean digits(int radix) {
    boolean some = false;
    while (true) {
      char c = peek(0);
      boolean digit = c < 0x80 && Character.digit(c, radix) >= 0;
      char after = peek(1);
      boolean separator =
          c == '_' && (some || radix == 16) && after < 0x80 && Character.digit(after, radix) >= 0;
      if (!digit && !separator) {
        return some;
      }
      some |= digit;
      at++;
    }
  }

  private boolean scanDuration() {
    boolean some = false;
    while (isDigit(peek(0))) {
      while (isDigit(peek(0))) {
        at++;
      }
      if (peek(0) == 'm' && peek(1) == 's') {
        at += 2;
      } else if ("smhdwy".indexOf(peek(0)) >= 0) {
        at++;
      } else {
        return false;
      }
      some = true;
    }
    return some;
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
