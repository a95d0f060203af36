package io.foursight.model.logs;

/// Structured metadata are stored under the name that the sender gave (`http.method`) and asked for
/// and answered under one that LogQL can spell (`http_method`), as OpenTelemetry's and Loki's rules
/// have it: every character that is no ASCII letter, digit or `_` is a `_`, and `key_` stands
/// before a leading digit. Of two names of one entry with the same answered name the one that comes
/// later in order of characters counts. Stateless.
public final class FieldName {
  private FieldName() {}

  /// The name that a stored name is asked for and answered by; idempotent.
  public static String answered(String stored) {
    int n = stored.length();
    if (n == 0) {
      return stored;
    }
    int at = 0;
    while (at < n && isWord(stored.charAt(at))) {
      at++;
    }
    boolean digit = isDigit(stored.charAt(0));
    if (at == n && !digit) {
      return stored;
    }
    var name = new StringBuilder(n + 4);
    if (digit) {
      name.append("key_");
    }
    name.append(stored, 0, at);
    for (int i = at; i < n; i++) {
      char c = stored.charAt(i);
      if (isWord(c)) {
        name.append(c);
      } else if (!Character.isLowSurrogate(c)) {
        name.append('_');
      }
    }
    return name.toString();
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWord(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || isDigit(c);
  }
}
