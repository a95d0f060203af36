package io.foursight.querylanguages.regex;

import java.util.List;

/// A parsed expression. Code points, not chars.
sealed interface Node {
  /// Matches the empty text.
  record Empty() implements Node {}

  /// One code point out of ascending, disjoint ranges `lo, hi, lo, hi, ...` (inclusive).
  record Chars(int[] ranges) implements Node {
    static final Chars ANY = new Chars(new int[] {0, Character.MAX_CODE_POINT});
    static final Chars ANY_BUT_NEWLINE =
        new Chars(new int[] {0, '\n' - 1, '\n' + 1, Character.MAX_CODE_POINT});

    static Chars of(int codePoint) {
      return new Chars(new int[] {codePoint, codePoint});
    }

    boolean isSingle() {
      return ranges.length == 2 && ranges[0] == ranges[1];
    }

    boolean isAny() {
      return ranges.length == 2 && ranges[0] == 0 && ranges[1] == Character.MAX_CODE_POINT;
    }
  }

  record Concat(List<Node> parts) implements Node {}

  record Alternate(List<Node> options) implements Node {}

  /// @param max -1 = without bound
  record Repeat(Node node, int min, int max) implements Node {}

  /// `^`, `$`, `\A`, `\z`, `\b`, `\B`, Unicode classes and other things that only RE2/J decides.
  record Opaque() implements Node {}
}
