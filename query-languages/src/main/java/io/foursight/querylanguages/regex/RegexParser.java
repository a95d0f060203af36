package io.foursight.querylanguages.regex;

import io.foursight.model.FoursightException;
import java.util.ArrayList;
import java.util.List;

/// Parses RE2 syntax into [Node]s for analysis. RE2/J has checked the syntax before or will check
/// it after: what is not understood here becomes [Node.Opaque], never an error, except for the two
/// bounds on depth and size. Follows the syntax page of RE2 (github.com/google/re2/wiki/Syntax).
final class RegexParser {
  static final int MAX_DEPTH = 1000;
  static final long MAX_SIZE = 200_000;

  /// @param plain nothing was met whose legality only RE2/J can judge, so that the syntax is known
  ///   to be right
  record Parsed(Node node, boolean plain) {}

  private final String text;
  private int at;
  private boolean plain = true;
  private boolean ignoreCase;
  private boolean dotAll;

  private RegexParser(String text, boolean dotAll) {
    this.text = text;
    this.dotAll = dotAll;
  }

  /// @throws FoursightException `BAD_DATA` past the bounds
  static Parsed parse(String text, boolean dotAll) {
    var parser = new RegexParser(text, dotAll);
    Node node = parser.alternation(0);
    if (parser.at < text.length()) {
      node = parser.opaque();
    }
    if (size(node, 0) > MAX_SIZE) {
      throw FoursightException.badData(
          "error parsing regexp: expression too large: it expands to more than "
              + MAX_SIZE
              + " steps");
    }
    return new Parsed(node, parser.plain);
  }

  private Node opaque() {
    plain = false;
    return new Node.Opaque();
  }

  private static long size(Node node, int depth) {
    return switch (node) {
      case Node.Empty e -> 1;
      case Node.Chars c -> 1;
      case Node.Opaque o -> 1;
      case Node.Concat c -> sum(c.parts(), depth);
      case Node.Alternate a -> sum(a.options(), depth);
      case Node.Repeat r -> size(r.node(), depth + 1) * Math.max(1, Math.max(r.min(), r.max()));
    };
  }

  private static long sum(List<Node> nodes, int depth) {
    long total = 1;
    for (Node node : nodes) {
      total = Math.min(Long.MAX_VALUE / 2000, total + size(node, depth + 1));
    }
    return total;
  }

  private Node alternation(int depth) {
    if (depth > MAX_DEPTH) {
      throw FoursightException.badData(
          "error parsing regexp: expression nests too deeply: more than " + MAX_DEPTH + " levels");
    }
    var options = new ArrayList<Node>();
    boolean caseBefore = ignoreCase;
    boolean dotBefore = dotAll;
    options.add(concatenation(depth));
    while (at < text.length() && text.charAt(at) == '|') {
      at++;
      options.add(concatenation(depth));
    }
    ignoreCase = caseBefore;
    dotAll = dotBefore;
    return options.size() == 1 ? options.getFirst() : new Node.Alternate(options);
  }

  private Node concatenation(int depth) {
    var parts = new ArrayList<Node>();
    while (at < text.length() && text.charAt(at) != '|' && text.charAt(at) != ')') {
      int before = at;
      Node atom = text.startsWith("\\Q", at) ? quoted(parts) : atom(depth);
      parts.add(repeated(atom));
      if (at == before) {
        at++;
        parts.add(opaque());
      }
    }
    return switch (parts.size()) {
      case 0 -> new Node.Empty();
      case 1 -> parts.getFirst();
      default -> new Node.Concat(parts);
    };
  }

  private Node repeated(Node atom) {
    Node node = atom;
    for (int repeats = 0; at < text.length(); repeats++) {
      char c = text.charAt(at);
      if (c == '*') {
        node = new Node.Repeat(node, 0, -1);
        at++;
      } else if (c == '+') {
        node = new Node.Repeat(node, 1, -1);
        at++;
      } else if (c == '?') {
        node = new Node.Repeat(node, 0, 1);
        at++;
      } else if (c == '{') {
        int[] bounds = bounds();
        if (bounds.length == 0) {
          return node;
        }
        plain &=
            bounds[0] <= 1000 && bounds[1] <= 1000 && (bounds[1] < 0 || bounds[0] <= bounds[1]);
        node = new Node.Repeat(node, bounds[0], bounds[1]);
      } else {
        return node;
      }
      // A repetition of a repetition is an error, but not in every spelling.
      plain &= repeats == 0;
      // Greediness does not change what matches as a whole.
      if (at < text.length() && text.charAt(at) == '?') {
        at++;
      }
    }
    return node;
  }

  /// `{n}`, `{n,}` or `{n,m}` consumed; empty when the brace is a literal.
  private int[] bounds() {
    int close = text.indexOf('}', at);
    if (close < 0) {
      return new int[0];
    }
    String inner = text.substring(at + 1, close);
    if (!inner.matches("[0-9]{1,4}(,[0-9]{0,4})?")) {
      return new int[0];
    }
    at = close + 1;
    int comma = inner.indexOf(',');
    int min = Integer.parseInt(comma < 0 ? inner : inner.substring(0, comma));
    int max =
        comma < 0
            ? min
            : comma == inner.length() - 1 ? -1 : Integer.parseInt(inner.substring(comma + 1));
    return new int[] {min, max};
  }

  private Node atom(int depth) {
    int c = text.codePointAt(at);
    switch (c) {
      case '(':
        return group(depth);
      case '[':
        return bracket();
      case '.':
        at++;
        return dotAll ? Node.Chars.ANY : Node.Chars.ANY_BUT_NEWLINE;
      case '^', '$':
        at++;
        return opaque();
      case '\\':
        return escape();
      case '*', '+', '?':
        at++;
        return opaque();
      default:
        at += Character.charCount(c);
        return literal(c);
    }
  }

  private Node literal(int c) {
    if (!ignoreCase || !Character.isLetter(c)) {
      return Node.Chars.of(c);
    }
    if (c > 0x7f) {
      // Letters with more than two cases, or maybe so: left to RE2/J.
      return opaque();
    }
    int upper = Character.toUpperCase(c);
    int lower = Character.toLowerCase(c);
    int third = CharRanges.thirdCase(lower);
    return new Node.Chars(
        third > 0
            ? new int[] {upper, upper, lower, lower, third, third}
            : new int[] {upper, upper, lower, lower});
  }

  private Node group(int depth) {
    at++;
    boolean caseBefore = ignoreCase;
    boolean dotBefore = dotAll;
    if (at < text.length() && text.charAt(at) == '?') {
      // Flags and names: their spelling is RE2/J's to judge.
      plain = false;
    }
    if (at + 1 < text.length() && text.charAt(at) == '?') {
      int i = at + 1;
      if (text.startsWith("P<", i) || text.charAt(i) == '<') {
        int close = text.indexOf('>', i);
        at = close < 0 ? text.length() : close + 1;
      } else if (!flags(i)) {
        return new Node.Empty();
      }
    }
    Node inner = alternation(depth + 1);
    if (at < text.length()) {
      at++;
    } else {
      plain = false;
    }
    ignoreCase = caseBefore;
    dotAll = dotBefore;
    return inner;
  }

  /// Reads `flags:` or `flags)`; false when the group was only a change of flags for what follows.
  private boolean flags(int start) {
    boolean on = true;
    int i = start;
    for (; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case 'i' -> ignoreCase = on;
        case 's' -> dotAll = on;
        case '-' -> on = false;
        case ':' -> {
          at = i + 1;
          return true;
        }
        case ')' -> {
          at = i + 1;
          return false;
        }
        default -> {
          // m and U: no effect on what an anchored whole text matches, save for ^ and $, which are
          // opaque.
        }
      }
    }
    at = i;
    return false;
  }

  private Node escape() {
    at++;
    if (at >= text.length()) {
      return opaque();
    }
    int c = text.codePointAt(at);
    at += Character.charCount(c);
    switch (c) {
      case 'n':
        return Node.Chars.of('\n');
      case 't':
        return Node.Chars.of('\t');
      case 'r':
        return Node.Chars.of('\r');
      case 'f':
        return Node.Chars.of('\f');
      case 'v':
        return Node.Chars.of(0x0b);
      case 'a':
        return Node.Chars.of(7);
      case 'd', 'D', 'w', 'W', 's', 'S':
        return new Node.Chars(perl(c));
      case 'x':
        return hex();
      case 'p', 'P':
        skipProperty();
        return opaque();
      default:
        return Character.isLetterOrDigit(c) ? opaque() : Node.Chars.of(c);
    }
  }

  /// `\Q...\E`: all literals but the last go into `parts`, the last is the atom that a repetition
  /// after it applies to.
  private Node quoted(List<Node> parts) {
    at += 2;
    int end = text.indexOf("\\E", at);
    int[] literals = text.substring(at, end < 0 ? text.length() : end).codePoints().toArray();
    at = end < 0 ? text.length() : end + 2;
    for (int i = 0; i < literals.length - 1; i++) {
      parts.add(literal(literals[i]));
    }
    return literals.length == 0 ? opaque() : literal(literals[literals.length - 1]);
  }

  private Node hex() {
    int end = at;
    String digits;
    if (end < text.length() && text.charAt(end) == '{') {
      int close = text.indexOf('}', end);
      if (close < 0) {
        return opaque();
      }
      digits = text.substring(end + 1, close);
      at = close + 1;
    } else {
      digits = text.substring(end, Math.min(text.length(), end + 2));
      at = Math.min(text.length(), end + 2);
    }
    try {
      int c = Integer.parseInt(digits, 16);
      return Character.isValidCodePoint(c) ? literal(c) : opaque();
    } catch (NumberFormatException e) {
      return opaque();
    }
  }

  private void skipProperty() {
    if (at < text.length() && text.charAt(at) == '{') {
      int close = text.indexOf('}', at);
      at = close < 0 ? text.length() : close + 1;
    } else if (at < text.length()) {
      at++;
    }
  }

  private static int[] perl(int c) {
    int[] digit = {'0', '9'};
    int[] word = {'0', '9', 'A', 'Z', '_', '_', 'a', 'z'};
    int[] space = {'\t', '\n', '\f', '\r', ' ', ' '};
    return switch (c) {
      case 'd' -> digit;
      case 'D' -> CharRanges.negate(digit);
      case 'w' -> word;
      case 'W' -> CharRanges.negate(word);
      case 's' -> space;
      default -> CharRanges.negate(space);
    };
  }

  private Node bracket() {
    int start = at;
    at++;
    boolean negated = at < text.length() && text.charAt(at) == '^';
    if (negated) {
      at++;
    }
    var ranges = new CharRanges();
    boolean opaque = false;
    boolean first = true;
    while (at < text.length() && (text.charAt(at) != ']' || first)) {
      first = false;
      if (text.startsWith("[:", at)) {
        int close = text.indexOf(":]", at);
        if (close > 0) {
          opaque |= !ranges.addPosix(text.substring(at + 2, close));
          at = close + 2;
          continue;
        }
      }
      if (text.charAt(at) == '\\' && at + 1 < text.length()) {
        char e = text.charAt(at + 1);
        if ("dDwWsS".indexOf(e) >= 0) {
          ranges.addAll(perl(e));
          at += 2;
          continue;
        }
        if (e == 'p' || e == 'P') {
          at += 2;
          skipProperty();
          opaque = true;
          continue;
        }
      }
      int low = member();
      int high = low;
      if (at + 1 < text.length() && text.charAt(at) == '-' && text.charAt(at + 1) != ']') {
        at++;
        high = member();
      }
      opaque |= low < 0 || high < low;
      if (!opaque) {
        ranges.add(low, high);
        if (ignoreCase) {
          opaque |= !ranges.addOtherCase(low, high);
        }
      }
    }
    plain &= at < text.length();
    at = Math.min(text.length(), at + 1);
    if (opaque || at <= start) {
      return opaque();
    }
    int[] positive = ranges.toArray();
    return new Node.Chars(negated ? CharRanges.negate(positive) : positive);
  }

  /// One member of a bracket as a code point, -1 when it is not a plain one.
  private int member() {
    if (at >= text.length()) {
      return -1;
    }
    int c = text.codePointAt(at);
    if (c != '\\') {
      at += Character.charCount(c);
      return c;
    }
    boolean before = ignoreCase;
    ignoreCase = false;
    Node node = escape();
    ignoreCase = before;
    return node instanceof Node.Chars chars && chars.isSingle() ? chars.ranges()[0] : -1;
  }
}
