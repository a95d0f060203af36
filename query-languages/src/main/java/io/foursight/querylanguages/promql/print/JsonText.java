package io.foursight.querylanguages.promql.print;

/// Appends JSON; commas come by themselves.
final class JsonText {
  private final StringBuilder out = new StringBuilder();

  JsonText open(char bracket) {
    separate();
    out.append(bracket);
    return this;
  }

  JsonText close(char bracket) {
    out.append(bracket);
    return this;
  }

  JsonText key(String name) {
    text(name);
    out.append(':');
    return this;
  }

  JsonText text(String value) {
    separate();
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (Character.isLowSurrogate(c)
              && (i == 0 || !Character.isHighSurrogate(value.charAt(i - 1)))) {
            // A byte that is no UTF-8.
            out.append("\\ufffd");
          } else if (c < 0x20 || c == '\u2028' || c == '\u2029' || Character.isSurrogate(c)) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
    return this;
  }

  /// A number, `true`, `false` or `null`.
  JsonText raw(Object value) {
    separate();
    out.append(value == null ? "null" : value.toString());
    return this;
  }

  private void separate() {
    if (!out.isEmpty() && "{[:".indexOf(out.charAt(out.length() - 1)) < 0) {
      out.append(',');
    }
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
