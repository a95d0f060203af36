package io.foursight.querylanguages.logql.parse;

/// OpenTelemetry's names in a query, for the doors. LogQL cannot spell `http.method`; no query that
/// it takes has a word with a dot in it outside of strings and comments, nor a string where a
/// selector has a name. So `{service.name="shop"}`, `{"service.name"="shop"}` and `| http.method =
/// "GET"` can only mean the answered names (`service_name`, `http_method`), and are turned into
/// them. Everything else stays as it is, also what is no LogQL at all. Stateless.
public final class DottedNames {
  private final String query;
  private final StringBuilder out;
  private int at;
  private int depth;
  private char before;

  private DottedNames(String query) {
    this.query = query;
    out = new StringBuilder(query.length());
  }

  /// The query with answered names.
  public static String answered(String query) {
    return query.indexOf('.') < 0 ? query : new DottedNames(query).rewrite();
  }

  private String rewrite() {
    while (at < query.length()) {
      char c = query.charAt(at);
      if (c == '"' || c == '`') {
        string(c);
      } else if (c == '#' || query.startsWith("//", at)) {
        copyTo(endOf("\n", at));
      } else if (query.startsWith("/*", at)) {
        copyTo(endOf("*/", at + 2));
      } else if (isLetter(c)) {
        word();
      } else if (c >= '0' && c <= '9') {
        number();
      } else {
        depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        if (!Character.isWhitespace(c)) {
          before = c;
        }
        copyTo(at + 1);
      }
    }
    return out.toString();
  }

  private void string(char quote) {
    int end = at + 1;
    while (end < query.length() && query.charAt(end) != quote) {
      end += quote == '"' && query.charAt(end) == '\\' ? 2 : 1;
    }
    end = Math.min(end + 1, query.length());
    boolean named = depth == 1 && (before == '{' || before == ',') && end - at > 2;
    if (named && isDotted(at + 1, end - 1) && isMatched(end)) {
      append(at + 1, end - 1);
      at = end;
    } else {
      copyTo(end);
    }
    before = '"';
  }

  private boolean isMatched(int from) {
    int next = from;
    while (next < query.length() && Character.isWhitespace(query.charAt(next))) {
      next++;
    }
    return next < query.length() && (query.charAt(next) == '=' || query.charAt(next) == '!');
  }

  private boolean isDotted(int from, int to) {
    boolean dot = false;
    for (int i = from; i < to; i++) {
      char c = query.charAt(i);
      dot |= c == '.';
      if (!isPart(c) && c != '.') {
        return false;
      }
    }
    return dot && isLetter(query.charAt(from));
  }

  private void word() {
    int end = wordEnd(at);
    while (end + 1 < query.length() && query.charAt(end) == '.' && isPart(query.charAt(end + 1))) {
      end = wordEnd(end + 1);
    }
    append(at, end);
    at = end;
    before = 'a';
  }

  private int wordEnd(int from) {
    int end = from;
    while (end < query.length() && isPart(query.charAt(end))) {
      end++;
    }
    return end;
  }

  private void append(int from, int to) {
    for (int i = from; i < to; i++) {
      out.append(query.charAt(i) == '.' ? '_' : query.charAt(i));
    }
  }

  /// `1.5`, `1.5h`, `1e3`: with all that hangs on to it.
  private void number() {
    int end = at;
    while (end < query.length() && (isPart(query.charAt(end)) || query.charAt(end) == '.')) {
      end++;
    }
    copyTo(end);
    before = '0';
  }

  private int endOf(String mark, int from) {
    int found = query.indexOf(mark, from);
    return found < 0 ? query.length() : found + mark.length();
  }

  private void copyTo(int end) {
    out.append(query, at, end);
    at = end;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private static boolean isPart(char c) {
    return isLetter(c) || (c >= '0' && c <= '9');
  }
}
