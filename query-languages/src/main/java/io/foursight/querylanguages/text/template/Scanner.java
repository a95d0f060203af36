package io.foursight.querylanguages.text.template;

/// Cuts a template into texts and the tokens of actions. Trim markers are applied to the texts.
final class Scanner {
  enum Kind {
    TEXT,
    OPEN,
    CLOSE,
    /// Blanks inside an action: they separate arguments.
    SPACE,
    /// `.name`
    FIELD,
    DOT,
    /// `$name`
    VARIABLE,
    WORD,
    STRING,
    CHAR,
    NUMBER,
    /// `|`, `(`, `)`, `,`, `:=`, `=`
    SYMBOL,
    END
  }

  record Token(Kind kind, String text, int at) {
    boolean is(String symbol) {
      return kind == Kind.SYMBOL && text.equals(symbol);
    }
  }

  private final String name;
  private final String text;
  private int at;
  private boolean inAction;
  private boolean trimNext;

  Scanner(String name, String text) {
    this.name = name;
    this.text = text;
  }

  Token next() {
    return inAction ? inside() : outside();
  }

  private Token outside() {
    int start = at;
    if (at == text.length()) {
      return new Token(Kind.END, "", at);
    }
    int open = text.indexOf("{{", at);
    int end = open < 0 ? text.length() : open;
    boolean trimLeft = open >= 0 && text.startsWith("- ", open + 2);
    if (open == at) {
      return open(open, trimLeft);
    }
    String piece = text.substring(start, end);
    if (trimNext) {
      piece = piece.stripLeading();
    }
    trimNext = false;
    if (trimLeft) {
      piece = piece.stripTrailing();
    }
    at = end;
    return new Token(Kind.TEXT, piece, start);
  }

  private Token open(int open, boolean trimLeft) {
    int inner = open + (trimLeft ? 4 : 2);
    trimNext = false;
    if (text.startsWith("/*", inner)) {
      int close = text.indexOf("*/", inner);
      int after = close < 0 ? -1 : close + 2;
      boolean trim = after > 0 && text.startsWith(" -", after);
      after += trim ? 2 : 0;
      if (close < 0 || !text.startsWith("}}", after)) {
        throw error(open, close < 0 ? "unclosed comment" : "comment ends before closing delimiter");
      }
      at = after + 2;
      trimNext = trim;
      return new Token(Kind.TEXT, "", open);
    }
    at = inner;
    inAction = true;
    return new Token(Kind.OPEN, "{{", open);
  }

  private Token inside() {
    int start = at;
    if (at == text.length()) {
      throw error(start, "unclosed action");
    }
    char c = text.charAt(at);
    if (isSpace(c)) {
      while (at < text.length() && isSpace(text.charAt(at))) {
        at++;
      }
      if (text.startsWith("-}}", at)) {
        at += 3;
        inAction = false;
        trimNext = true;
        return new Token(Kind.CLOSE, "}}", start);
      }
      return new Token(Kind.SPACE, " ", start);
    }
    if (text.startsWith("}}", at)) {
      at += 2;
      inAction = false;
      return new Token(Kind.CLOSE, "}}", start);
    }
    if (c == '"' || c == '\'' || c == '`') {
      return quoted(start, c);
    }
    if (c == '$' || (c == '.' && !isDigit(peek(1)))) {
      at++;
      while (isWordPart(peek(0))) {
        at++;
      }
      Kind kind = c == '$' ? Kind.VARIABLE : at == start + 1 ? Kind.DOT : Kind.FIELD;
      return new Token(kind, text.substring(start, at), start);
    }
    if (isDigit(c) || c == '.' || ((c == '-' || c == '+') && isNumberStart(1))) {
      return number(start);
    }
    if (isWordPart(c)) {
      while (isWordPart(peek(0))) {
        at++;
      }
      return new Token(Kind.WORD, text.substring(start, at), start);
    }
    if (text.startsWith(":=", at)) {
      at += 2;
    } else if ("|(),=".indexOf(c) >= 0) {
      at++;
    } else {
      throw error(start, String.format("unexpected %s in action", bad(start)));
    }
    return new Token(Kind.SYMBOL, text.substring(start, at), start);
  }

  private String bad(int start) {
    int c = text.codePointAt(start);
    return String.format("bad character U+%04X '%s'", c, Character.toString(c));
  }

  private boolean isNumberStart(int ahead) {
    return isDigit(peek(ahead)) || (peek(ahead) == '.' && isDigit(peek(ahead + 1)));
  }

  private Token quoted(int start, char quote) {
    at++;
    while (at < text.length() && text.charAt(at) != quote) {
      char c = text.charAt(at);
      if (c == '\n' && quote != '`') {
        break;
      }
      at += c == '\\' && quote != '`' ? 2 : 1;
    }
    if (at >= text.length() || text.charAt(at) != quote) {
      throw error(
          start, quote == '`' ? "unterminated raw quoted string" : "unterminated quoted string");
    }
    at++;
    return new Token(quote == '\'' ? Kind.CHAR : Kind.STRING, text.substring(start, at), start);
  }

  private Token number(int start) {
    at++;
    while (isWordPart(peek(0))
        || peek(0) == '.'
        || ((peek(0) == '+' || peek(0) == '-') && isExponent(text.charAt(at - 1)))) {
      at++;
    }
    return new Token(Kind.NUMBER, text.substring(start, at), start);
  }

  private static boolean isExponent(char c) {
    return c == 'e' || c == 'E' || c == 'p' || c == 'P';
  }

  TemplateException error(int place, String what) {
    int line = 1 + (int) text.substring(0, place).chars().filter(c -> c == '\n').count();
    return new TemplateException("template: " + name + ":" + line + ": " + what);
  }

  private char peek(int ahead) {
    return at + ahead < text.length() ? text.charAt(at + ahead) : '\0';
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordPart(char c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }
}
