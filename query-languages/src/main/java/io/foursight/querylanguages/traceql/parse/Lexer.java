package io.foursight.querylanguages.traceql.parse;

import io.foursight.querylanguages.text.GoDurations;
import io.foursight.querylanguages.text.GoStrings;
import io.foursight.querylanguages.traceql.ast.FieldExpr;
import io.foursight.querylanguages.traceql.ast.FieldExpr.Scope;
import io.foursight.querylanguages.traceql.ast.Intrinsic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Cuts a query into tokens. A name of an attribute goes on to a blank or one of `{}()=~!<>&|^,`;
/// in double quotes to the closing one.
final class Lexer {
  private static final int MAX_TOKENS = 50_000;
  private static final String NAME_ENDS = "{}()=~!<>&|^,";
  private static final String DURATION_LETTERS = "nuµμmshdwy";
  private static final String[] SYMBOLS = {
    "!>>", "!<<", "&>>", "&<<", "&&", "||", "!=", "!~", "=~", "<=", ">=", "<<", ">>", "!>", "!<",
    "&>", "&<", "&~", "~", "=", "<", ">", "!", "+", "-", "*", "/", "%", "^", "(", ")", "{", "}",
    "|", ","
  };
  private static final Map<String, Scope> SCOPES =
      Map.of(
          "span", Scope.SPAN,
          "resource", Scope.RESOURCE,
          "event", Scope.EVENT,
          "link", Scope.LINK,
          "instrumentation", Scope.INSTRUMENTATION);

  private final String query;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private Lexer(String query) {
    this.query = query;
  }

  /// The last one is `END`.
  static List<Token> tokens(String query) {
    var lexer = new Lexer(query);
    while (lexer.next()) {
      if (lexer.tokens.size() > MAX_TOKENS) {
        throw TraceqlParseException.syntax(
            "query is too complex: it has more than " + MAX_TOKENS + " elements");
      }
    }
    return lexer.tokens;
  }

  private boolean next() {
    skipBlanks();
    if (at >= query.length()) {
      add(Token.Kind.END, "", query.length());
      return false;
    }
    char c = query.charAt(at);
    if (c == '"' || c == '`') {
      string(c);
    } else if (isDigit(at) || (c == '.' && isDigit(at + 1))) {
      number();
    } else if (c == '.') {
      attribute(false, Scope.NONE, at, at + 1);
    } else if (Character.isLetter(query.codePointAt(at)) || c == '_') {
      word();
    } else {
      symbol();
    }
    return true;
  }

  private void skipBlanks() {
    while (at < query.length()) {
      if (Character.isWhitespace(query.charAt(at))) {
        at++;
      } else if (query.startsWith("//", at)) {
        int end = query.indexOf('\n', at);
        at = end < 0 ? query.length() : end;
      } else if (query.startsWith("/*", at)) {
        int end = query.indexOf("*/", at + 2);
        if (end < 0) {
          throw error(at, "comment not terminated");
        }
        at = end + 2;
      } else {
        return;
      }
    }
  }

  private void string(char quote) {
    int end = at + 1;
    while (end < query.length() && query.charAt(end) != quote) {
      end += quote == '"' && query.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= query.length()) {
      throw error(at, "literal not terminated");
    }
    String quoted = query.substring(at, end + 1);
    String text =
        GoStrings.unquote(quoted).orElseThrow(() -> error(at, "invalid string " + quoted));
    int start = at;
    at = end + 1;
    tokens.add(Token.of(Token.Kind.STRING, text, start, at));
  }

  private void number() {
    int end = digits(at);
    boolean decimal = false;
    if (end < query.length() && query.charAt(end) == '.') {
      decimal = true;
      end = digits(end + 1);
    }
    int exponent = end;
    if (exponent < query.length() && (query.charAt(exponent) | 0x20) == 'e') {
      exponent++;
      if (exponent < query.length() && "+-".indexOf(query.charAt(exponent)) >= 0) {
        exponent++;
      }
      if (isDigit(exponent)) {
        decimal = true;
        end = digits(exponent);
      }
    }
    if (duration(end)) {
      return;
    }
    String text = query.substring(at, end);
    if (decimal) {
      add(Token.Kind.DECIMAL, text, end);
      return;
    }
    long value;
    try {
      value = Long.parseLong(text);
    } catch (NumberFormatException _) {
      // The smallest whole number has no positive twin; the sign before it leaves it as it is.
      value = Long.MIN_VALUE;
      boolean negative = !tokens.isEmpty() && tokens.getLast().is("-");
      if (!negative || !text.equals("9223372036854775808")) {
        throw error(at, "integer " + text + " is out of range");
      }
    }
    tokens.add(new Token(Token.Kind.INT, text, value, Optional.empty(), at, end));
    at = end;
  }

  private int digits(int from) {
    int end = from;
    while (isDigit(end)) {
      end++;
    }
    return end;
  }

  private boolean duration(int from) {
    int end = from;
    while (end < query.length()
        && (isDigit(end)
            || query.charAt(end) == '.'
            || DURATION_LETTERS.indexOf(query.charAt(end)) >= 0)) {
      end++;
    }
    if (end == from) {
      return false;
    }
    String text = query.substring(at, end);
    OptionalLong millis = GoDurations.parse(text);
    OptionalLong nanos =
        millis.isPresent()
            ? OptionalLong.of(millis.getAsLong() * 1_000_000)
            : GoDurations.parseGo(text);
    if (nanos.isEmpty()) {
      return false;
    }
    tokens.add(new Token(Token.Kind.DURATION, text, nanos.getAsLong(), Optional.empty(), at, end));
    at = end;
    return true;
  }

  private void word() {
    int end = wordEnd(at);
    String word = query.substring(at, end);
    char after = end < query.length() ? query.charAt(end) : ' ';
    if (after == '.' && word.equals("parent")) {
      int inner = wordEnd(end + 1);
      String scope = query.substring(end + 1, inner);
      boolean scoped =
          (scope.equals("span") || scope.equals("resource"))
              && inner < query.length()
              && query.charAt(inner) == '.';
      attribute(true, scoped ? SCOPES.get(scope) : Scope.NONE, at, scoped ? inner + 1 : end + 1);
    } else if (after == '.' && SCOPES.containsKey(word)) {
      attribute(false, SCOPES.get(word), at, end + 1);
    } else if (after == ':') {
      scopedIntrinsic(word, end + 1);
    } else {
      add(Token.Kind.WORD, word, end);
    }
  }

  private void scopedIntrinsic(String scope, int from) {
    int end = wordEnd(from);
    String text = scope + ":" + query.substring(from, end);
    var intrinsic =
        Intrinsic.scoped(scope, query.substring(from, end))
            .orElseThrow(() -> error(at, "syntax error: unexpected " + text));
    field(new FieldExpr.IntrinsicField(intrinsic, true), at, end);
  }

  private int wordEnd(int from) {
    int end = from;
    while (end < query.length()) {
      int c = query.codePointAt(end);
      if (!Character.isLetterOrDigit(c) && c != '_') {
        break;
      }
      end += Character.charCount(c);
    }
    return end;
  }

  private void attribute(boolean parent, Scope scope, int start, int from) {
    var name = new StringBuilder();
    int end = from;
    boolean quoted = false;
    while (end < query.length()) {
      char c = query.charAt(end);
      if (quoted && c == '\\') {
        end++;
        char escaped = end < query.length() ? query.charAt(end) : ' ';
        if (escaped != '"' && escaped != '\\') {
          throw error(start, "invalid escape sequence");
        }
        name.append(escaped);
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (Character.isWhitespace(c) || NAME_ENDS.indexOf(c) >= 0)) {
        break;
      } else {
        name.append(c);
      }
      end++;
    }
    if (quoted) {
      throw error(start, "unexpected EOF, expecting \"");
    }
    if (name.isEmpty()) {
      throw error(start, "syntax error: unexpected " + query.substring(start, from));
    }
    field(new FieldExpr.Attribute(parent, scope, name.toString()), start, end);
  }

  private void field(FieldExpr.Field field, int start, int end) {
    tokens.add(
        new Token(
            Token.Kind.FIELD, query.substring(start, end), 0, Optional.of(field), start, end));
    at = end;
  }

  private void symbol() {
    for (String symbol : SYMBOLS) {
      if (query.startsWith(symbol, at)) {
        add(Token.Kind.SYMBOL, symbol, at + symbol.length());
        return;
      }
    }
    throw error(at, "syntax error: unexpected " + Character.toString(query.codePointAt(at)));
  }

  private void add(Token.Kind kind, String text, int end) {
    tokens.add(Token.of(kind, text, at, end));
    at = end;
  }

  private boolean isDigit(int i) {
    return i < query.length() && query.charAt(i) >= '0' && query.charAt(i) <= '9';
  }

  private TraceqlParseException error(int offset, String what) {
    return TraceqlParseException.at(query, offset, what);
  }
}
