package io.foursight.querylanguages.promql.parse;

import io.foursight.querylanguages.promql.ast.Position;
import io.foursight.querylanguages.text.GoDurations;
import io.foursight.querylanguages.text.GoStrings;

/// The tokens of one query with two tokens of lookahead, and the errors that name them.
final class TokenCursor {
  final String query;
  private final boolean verbatim;
  private final Lexer lexer;
  private Token current;
  private Token following;
  private Position last = Position.NONE;

  /// @param verbatim whether bytes that are no UTF-8 stay in strings
  TokenCursor(String query, boolean verbatim) {
    this.query = query;
    this.verbatim = verbatim;
    this.lexer = new Lexer(query);
    this.current = lexer.next();
  }

  Token peek() {
    return current;
  }

  Token peekSecond() {
    if (following == null) {
      following = current.kind() == Token.Kind.END ? current : lexer.next();
    }
    return following;
  }

  Token take() {
    Token taken = current;
    last = taken.position();
    current = peekSecond();
    following = null;
    return taken;
  }

  /// Takes the symbol if it is next.
  boolean skip(String symbol) {
    if (current.is(symbol)) {
      take();
      return true;
    }
    return false;
  }

  /// The same, for places whose errors only name the token.
  Token expect(String symbol) {
    if (!current.is(symbol)) {
      throw unexpected("", "");
    }
    return take();
  }

  Token expect(String symbol, String context) {
    if (!current.is(symbol)) {
      throw unexpected(context, '"' + symbol + '"');
    }
    return take();
  }

  /// From `start` to the end of the token taken last.
  Position since(Position start) {
    return start.to(last);
  }

  /// @param context, expected empty when there is nothing to say
  PromqlParseException unexpected(String context, String expected) {
    String what = "unexpected " + current.described();
    if (!context.isEmpty()) {
      what += " in " + context;
    }
    if (!expected.isEmpty()) {
      what += ", expected " + expected;
    }
    return error(current.position(), what);
  }

  PromqlParseException error(Position position, String what) {
    return new PromqlParseException(query, position, what);
  }

  boolean atNumber() {
    return current.kind() == Token.Kind.NUMBER || current.kind() == Token.Kind.DURATION;
  }

  /// The value of a number or duration token, in seconds for the latter.
  double number(Token token) {
    String text = token.text();
    if (token.kind() == Token.Kind.DURATION) {
      var millis = GoDurations.parse(text);
      if (millis.isEmpty()) {
        throw error(token.position(), GoDurations.problem(text));
      }
      return millis.getAsLong() / 1000.0;
    }
    try {
      double value = parse(text.replace("_", ""));
      if (Double.isInfinite(value) && !text.equalsIgnoreCase("inf")) {
        throw error(
            token.position(),
            "error parsing number: strconv.ParseFloat: parsing "
                + GoStrings.quote(text)
                + ": value out of range");
      }
      return value;
    } catch (NumberFormatException e) {
      throw error(
          token.position(),
          "error parsing number: strconv.ParseFloat: parsing "
              + GoStrings.quote(text)
              + ": invalid syntax");
    }
  }

  private double parse(String text) {
    if (text.equalsIgnoreCase("inf")) {
      return Double.POSITIVE_INFINITY;
    }
    if (text.equalsIgnoreCase("nan")) {
      return Double.NaN;
    }
    if (text.length() > 1 && (text.charAt(1) == 'x' || text.charAt(1) == 'X')) {
      return new java.math.BigInteger(text.substring(2), 16).doubleValue();
    }
    // A leading zero makes an integer octal, where its digits allow that.
    if (text.length() > 1 && text.length() < 21 && text.matches("0[0-7]+")) {
      return Long.parseLong(text, 8);
    }
    return Double.parseDouble(text);
  }

  String text(Token string) {
    var text =
        verbatim ? GoStrings.unquoteVerbatim(string.text()) : GoStrings.unquote(string.text());
    return text.orElseThrow(() ->
        error(
            string.position(),
            "error unquoting string " + GoStrings.quote(string.text()) + ": invalid syntax"));
  }
}
