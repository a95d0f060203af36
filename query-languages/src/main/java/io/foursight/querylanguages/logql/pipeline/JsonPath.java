package io.foursight.querylanguages.logql.pipeline;

import io.foursight.model.FoursightException;
import io.foursight.querylanguages.text.GoStrings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Where a value stands in a document: `a.b["c d"][0]`.
///
/// @param steps names as bytes, or indexes
record JsonPath(List<PathStep> steps) {
  sealed interface PathStep {}

  record Field(byte[] name) implements PathStep {}

  record Index(int index) implements PathStep {}

  static JsonPath parse(String text) {
    var steps = new ArrayList<PathStep>();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '[') {
        int close = close(text, i);
        steps.add(inBrackets(text, text.substring(i + 1, close).strip()));
        i = close + 1;
        continue;
      }
      if (c == '.' && !steps.isEmpty()) {
        i++;
      } else if (!steps.isEmpty()) {
        throw malformed(text);
      }
      int start = i;
      while (i < text.length() && isNamePart(text.charAt(i), i > start)) {
        i++;
      }
      if (i == start) {
        throw malformed(text);
      }
      steps.add(new Field(text.substring(start, i).getBytes(StandardCharsets.UTF_8)));
    }
    if (steps.isEmpty()) {
      throw malformed(text);
    }
    return new JsonPath(List.copyOf(steps));
  }

  /// The bracket that closes, outside of quotes.
  private static int close(String text, int open) {
    boolean quoted = false;
    for (int i = open + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && quoted) {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ']' && !quoted) {
        return i;
      }
    }
    throw malformed(text);
  }

  private static PathStep inBrackets(String text, String inner) {
    if (inner.startsWith("\"")) {
      String name = GoStrings.unquote(inner).orElseThrow(() -> malformed(text));
      return new Field(name.getBytes(StandardCharsets.UTF_8));
    }
    if (inner.isEmpty()
        || inner.length() > 9
        || !inner.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw malformed(text);
    }
    return new Index(Integer.parseInt(inner));
  }

  private static boolean isNamePart(char c, boolean digits) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '_'
        || (digits && c >= '0' && c <= '9');
  }

  private static FoursightException malformed(String text) {
    return FoursightException.badData("cannot parse expression [" + text + "]: syntax error");
  }
}
