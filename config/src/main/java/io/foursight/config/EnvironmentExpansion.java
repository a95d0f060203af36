package io.foursight.config;

import java.util.function.UnaryOperator;

/// Replaces `${VAR}` and `${VAR:default}` in the configuration text before it is parsed. An unset
/// variable without a default becomes the empty text, `$$` a dollar sign. A `#` comment is expanded
/// like any other text, which is harmless.
final class EnvironmentExpansion {
  private EnvironmentExpansion() {}

  /// @param environment value of a variable, null when it is not set
  static String expand(String text, UnaryOperator<String> environment) {
    var out = new StringBuilder(text.length());
    int i = 0;
    while (i < text.length()) {
      int dollar = text.indexOf('$', i);
      if (dollar < 0 || dollar + 1 >= text.length()) {
        break;
      }
      out.append(text, i, dollar);
      char next = text.charAt(dollar + 1);
      int close = next == '{' ? text.indexOf('}', dollar) : -1;
      if (next == '$') {
        out.append('$');
        i = dollar + 2;
      } else if (close < 0) {
        out.append('$');
        i = dollar + 1;
      } else {
        out.append(value(text.substring(dollar + 2, close), environment));
        i = close + 1;
      }
    }
    return out.append(text, i, text.length()).toString();
  }

  private static String value(String reference, UnaryOperator<String> environment) {
    int colon = reference.indexOf(':');
    String name = colon < 0 ? reference : reference.substring(0, colon);
    String set = environment.apply(name);
    if (set != null && !set.isEmpty()) {
      return set;
    }
    return colon < 0 ? "" : reference.substring(colon + 1);
  }
}
