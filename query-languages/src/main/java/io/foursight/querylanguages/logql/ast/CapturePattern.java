package io.foursight.querylanguages.logql.ast;

import java.util.ArrayList;
import java.util.List;

/// A pattern such as `<ip> - <user> [<_>]`, cut into literals and captures: the argument of the
/// `pattern` stage and of `|>`. What looks like a capture but has no proper name is literal.
public record CapturePattern(List<Part> parts) {
  public sealed interface Part {}

  public record Literal(String text) implements Part {}

  /// @param name `_` when what it captures is of no interest
  public record Capture(String name) implements Part {
    public boolean isNamed() {
      return !name.equals("_");
    }
  }

  public CapturePattern {
    parts = List.copyOf(parts);
  }

  public static CapturePattern of(String text) {
    var parts = new ArrayList<Part>();
    int literalStart = 0;
    int i = 0;
    while (i < text.length()) {
      int end = text.charAt(i) == '<' ? captureEnd(text, i) : -1;
      if (end < 0) {
        i++;
        continue;
      }
      if (i > literalStart) {
        parts.add(new Literal(text.substring(literalStart, i)));
      }
      parts.add(new Capture(text.substring(i + 1, end)));
      i = end + 1;
      literalStart = i;
    }
    if (literalStart < text.length()) {
      parts.add(new Literal(text.substring(literalStart)));
    }
    return new CapturePattern(parts);
  }

  /// The index of the `>` of a capture that starts at `open`, -1 when there is none.
  private static int captureEnd(String text, int open) {
    int i = open + 1;
    while (i < text.length() && isNamePart(text.charAt(i), i > open + 1)) {
      i++;
    }
    return i > open + 1 && i < text.length() && text.charAt(i) == '>' ? i : -1;
  }

  private static boolean isNamePart(char c, boolean digits) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '_'
        || (digits && c >= '0' && c <= '9');
  }

  /// The names of the captures of interest, in order, repetitions included.
  public List<String> names() {
    return parts.stream()
        .filter(p -> p instanceof Capture c && c.isNamed())
        .map(p -> ((Capture) p).name())
        .toList();
  }

  /// Whether two captures follow each other without a literal between.
  public boolean hasAdjacentCaptures() {
    for (int i = 1; i < parts.size(); i++) {
      if (parts.get(i) instanceof Capture && parts.get(i - 1) instanceof Capture) {
        return true;
      }
    }
    return false;
  }
}
