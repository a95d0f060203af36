package io.foursight.querylanguages.logql.parse;

import io.foursight.querylanguages.logql.ast.Position;
import io.foursight.querylanguages.text.GoByteSizes;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Cuts a query into tokens, one at a time, from left to right.
final class Lexer {
  /// As Go reads floats: hexadecimal ones need an exponent.
  private static final Pattern HEX_FLOAT =
      Pattern.compile(
          "0[xX](?:[0-9a-fA-F]+\\.?[0-9a-fA-F]*|\\.[0-9a-fA-F]+)[pP][+-]?[0-9]+(?![0-9a-zA-Z_.])");

  private static final String DURATION_LETTERS = "nuµμhmsdwy";
  private static final String SIZE_LETTERS = "bBikKMGTP";
  private static final String[] PAIRS = {
    "|=", "|~", "|>", "!=", "!~", "!>", "=~", "==", ">=", "<="
  };
  private static final String SINGLES = "{}(),|=<>+-*/%^";

  private final String query;
  private int at;

  Lexer(String query) {
    this.query = query;
  }

  Token next() {
    skipBlank();
    int start = at;
    if (at == query.length()) {
      return token(Token.Kind.END, start);
    }
    char c = query.charAt(at);
    if (c == '"' || c == '`') {
      return string(start, c);
    }
    if (c == '[') {
      return range(start);
    }
    if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
      return number(start);
    }
    if (isWordStart(c)) {
      while (isWordPart(peek(0))) {
        at++;
      }
      String word = query.substring(start, at).toLowerCase(Locale.ROOT);
      return token(
          Token.KEYWORDS.contains(word) ? Token.Kind.KEYWORD : Token.Kind.IDENTIFIER, start);
    }
    if (c == '-' && peek(1) == '-' && flag()) {
      return token(Token.Kind.FLAG, start);
    }
    if (c == '-' && negativeDuration()) {
      return token(Token.Kind.DURATION, start);
    }
    for (String pair : PAIRS) {
      if (query.startsWith(pair, at)) {
        at += 2;
        return token(Token.Kind.SYMBOL, start);
      }
    }
    if (SINGLES.indexOf(c) >= 0) {
      at++;
      return token(Token.Kind.SYMBOL, start);
    }
    throw error(
        start,
        "syntax error: unexpected character '" + Character.toString(query.codePointAt(at)) + "'");
  }

  private void skipBlank() {
    while (at < query.length()) {
      char c = query.charAt(at);
      if (c == '#' || query.startsWith("//", at)) {
        int line = query.indexOf('\n', at);
        at = line < 0 ? query.length() : line;
      } else if (query.startsWith("/*", at)) {
        int close = query.indexOf("*/", at + 2);
        if (close < 0) {
          throw error(at, "comment not terminated");
        }
        at = close + 2;
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        at++;
      } else {
        return;
      }
    }
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
        break;
      }
      if (c == '\\') {
        if (at == query.length()) {
          break;
        }
        if ("abfnrtv\\\"xuU01234567".indexOf(query.charAt(at)) < 0) {
          throw error(start, "invalid char escape");
        }
        at++;
      }
    }
    throw error(start, "literal not terminated");
  }

  private Token range(int start) {
    int close = query.indexOf(']', at);
    if (close < 0) {
      throw error(start, "missing closing ']' in duration");
    }
    at = close + 1;
    return token(Token.Kind.RANGE, start);
  }

  /// A number, or, with the letters that follow it, a duration or a byte size.
  private Token number(int start) {
    Matcher hexFloat = HEX_FLOAT.matcher(query).region(start, query.length());
    if (hexFloat.lookingAt()) {
      at = hexFloat.end();
      return token(Token.Kind.NUMBER, start);
    }
    skipDigits();
    if (peek(0) == '.') {
      at++;
      skipDigits();
    }
    int exponent = at;
    if (peek(0) == 'e' || peek(0) == 'E') {
      at++;
      if (peek(0) == '+' || peek(0) == '-') {
        at++;
      }
      if (isDigit(peek(0))) {
        skipDigits();
      } else {
        at = exponent;
      }
    }
    int end = at;
    if (run(DURATION_LETTERS) && Quantities.durationNanos(query.substring(start, at)).isPresent()) {
      return token(Token.Kind.DURATION, start);
    }
    at = end;
    if (run(SIZE_LETTERS) && GoByteSizes.parse(query.substring(start, at)).isPresent()) {
      return token(Token.Kind.BYTES, start);
    }
    at = end;
    if (isWordPart(peek(0)) || peek(0) == '.') {
      throw error(start, "syntax error: bad number, duration or byte size");
    }
    return token(Token.Kind.NUMBER, start);
  }

  private boolean negativeDuration() {
    int start = at;
    at++;
    if (run(DURATION_LETTERS)
        && isDigitOrPoint(query.charAt(start + 1))
        && Quantities.durationNanos(query.substring(start, at)).isPresent()) {
      return true;
    }
    at = start;
    return false;
  }

  /// Passes over digits, points and the given letters; whether there was a letter.
  private boolean run(String letters) {
    boolean any = false;
    while (at < query.length()) {
      char c = query.charAt(at);
      boolean letter = letters.indexOf(c) >= 0;
      if (!letter && !isDigitOrPoint(c)) {
        break;
      }
      any |= letter;
      at++;
    }
    return any;
  }

  private boolean flag() {
    for (String flag : new String[] {"--keep-empty", "--strict"}) {
      if (query.startsWith(flag, at) && !isWordPart(peek(flag.length()))) {
        at += flag.length();
        return true;
      }
    }
    return false;
  }

  private void skipDigits() {
    while (isDigit(peek(0))) {
      at++;
    }
  }

  private Token token(Token.Kind kind, int start) {
    return new Token(kind, query.substring(start, at), new Position(start, at));
  }

  private LogqlParseException error(int start, String what) {
    return LogqlParseException.at(query, new Position(start, at), what);
  }

  private char peek(int ahead) {
    return at + ahead < query.length() ? query.charAt(at + ahead) : '\0';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isDigitOrPoint(char c) {
    return isDigit(c) || c == '.';
  }

  private static boolean isWordStart(char c) {
    return c == '_' || Character.isLetter(c);
  }

  private static boolean isWordPart(char c) {
    return isWordStart(c) || isDigit(c);
  }
}
