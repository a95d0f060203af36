package io.foursight.querylanguages.traceql.parse;

import java.util.List;

/// Walks over the tokens of one query.
final class TokenCursor {
  private final String query;
  private final List<Token> tokens;
  private int at;

  TokenCursor(String query) {
    this.query = query;
    this.tokens = Lexer.tokens(query);
  }

  int size() {
    return tokens.size();
  }

  Token peek() {
    return tokens.get(at);
  }

  Token peekSecond() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  Token take() {
    Token taken = tokens.get(at);
    at = Math.min(at + 1, tokens.size() - 1);
    return taken;
  }

  boolean skip(String symbol) {
    if (peek().is(symbol)) {
      take();
      return true;
    }
    return false;
  }

  void expect(String symbol) {
    if (!skip(symbol)) {
      throw unexpected();
    }
  }

  /// A word that is called.
  boolean atCall(String word) {
    return peek().isWord(word) && peekSecond().is("(");
  }

  boolean atEnd() {
    return peek().kind() == Token.Kind.END;
  }

  TraceqlParseException unexpected() {
    return unexpected(peek());
  }

  TraceqlParseException unexpected(Token token) {
    return TraceqlParseException.at(
        query, token.start(), "syntax error: unexpected " + token.described());
  }
}
