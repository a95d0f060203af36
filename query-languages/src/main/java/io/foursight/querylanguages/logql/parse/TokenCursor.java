package io.foursight.querylanguages.logql.parse;

import io.foursight.querylanguages.logql.ast.Position;
import io.foursight.querylanguages.text.GoStrings;
import java.util.List;

/// The tokens of one query with two tokens of lookahead, and the errors that name them.
final class TokenCursor {
  private static final int MAX_EXPECTED = 4;

  private final String query;
  private final Lexer lexer;
  private Token current;
  private Token following;
  private Position last = new Position(0, 0);

  TokenCursor(String query) {
    this.query = query;
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

  boolean skipKeyword(String word) {
    if (current.isKeyword(word)) {
      take();
      return true;
    }
    return false;
  }

  Token expect(String symbol) {
    if (!current.is(symbol)) {
      throw unexpected(symbol);
    }
    return take();
  }

  Token expect(Token.Kind kind) {
    if (current.kind() != kind) {
      throw unexpected(kind.name());
    }
    return take();
  }

  String identifier() {
    return expect(Token.Kind.IDENTIFIER).text();
  }

  /// The meaning of a quoted text.
  String string() {
    Token t = expect(Token.Kind.STRING);
    return GoStrings.unquote(t.text())
        .orElseThrow(() -> error(t.position(), "invalid string: " + t.text()));
  }

  double number() {
    Token t = expect(Token.Kind.NUMBER);
    return Double.parseDouble(t.text());
  }

  /// A word that is called: `rate (`.
  boolean atCall() {
    return current.kind() == Token.Kind.IDENTIFIER && peekSecond().is("(");
  }

  /// From `start` to the end of the token taken last.
  Position since(Position start) {
    return start.to(last);
  }

  LogqlParseException unexpected(String... expected) {
    String what = "syntax error: unexpected " + current.described();
    if (expected.length > 0 && expected.length <= MAX_EXPECTED) {
      what += ", expecting " + String.join(" or ", List.of(expected));
    }
    return error(current.position(), what);
  }

  LogqlParseException error(Position position, String what) {
    return LogqlParseException.at(query, position, what);
  }
}
