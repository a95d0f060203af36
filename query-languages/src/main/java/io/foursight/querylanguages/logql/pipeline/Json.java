package io.foursight.querylanguages.logql.pipeline;

import io.foursight.querylanguages.text.ByteSearch;

/// Reads JSON as it stands in logs: values are delimited, not judged, so that a number may be `1x`
/// and a broken array passes if its brackets pair up; what follows the closing brace is never
/// looked at. All functions take an index and give the index after what they passed over, or
/// [#BROKEN].
final class Json {
  static final int BROKEN = -1;

  private Json() {}

  /// The next index that holds no blank; `end` when there is none.
  static int skipBlank(byte[] b, int at, int end) {
    int i = at;
    while (i < end && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r')) {
      i++;
    }
    return i;
  }

  /// Past the closing quote of a string whose opening quote is at `at`.
  static int skipString(byte[] b, int at, int end) {
    int i = at + 1;
    while (i < end) {
      i = ByteSearch.indexOfEither(b, i, end, (byte) '"', (byte) '\\');
      if (i < 0) {
        return BROKEN;
      }
      if (b[i] == '"') {
        return i + 1;
      }
      i += 2;
    }
    return BROKEN;
  }

  /// Past the bracket that closes the one at `at`; only this kind of bracket is counted.
  static int skipBlock(byte[] b, int at, int end) {
    byte open = b[at];
    byte close = (byte) (open == '{' ? '}' : ']');
    int depth = 0;
    for (int i = at; i < end; i++) {
      byte c = b[i];
      if (c == '"') {
        i = skipString(b, i, end) - 1;
        if (i < at) {
          return BROKEN;
        }
      } else if (c == open) {
        depth++;
      } else if (c == close && --depth == 0) {
        return i + 1;
      }
    }
    return BROKEN;
  }

  /// Past a value; bare words are `true`, `false`, `null` and whatever begins like a number.
  static int skipValue(byte[] b, int at, int end) {
    if (at >= end) {
      return BROKEN;
    }
    byte c = b[at];
    if (c == '"') {
      return skipString(b, at, end);
    }
    if (c == '{' || c == '[') {
      return skipBlock(b, at, end);
    }
    int i = at;
    while (i < end && !endsWord(b[i])) {
      i++;
    }
    boolean known =
        switch (c) {
          case 't' -> is(b, at, i, "true");
          case 'f' -> is(b, at, i, "false");
          case 'n' -> is(b, at, i, "null");
          default -> c == '-' || (c >= '0' && c <= '9');
        };
    return known ? i : BROKEN;
  }

  private static boolean endsWord(byte c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ',' || c == '}' || c == ']';
  }

  private static boolean is(byte[] b, int from, int to, String word) {
    if (to - from != word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (b[from + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  static boolean isNull(byte[] b, int at) {
    return b[at] == 'n';
  }
}
