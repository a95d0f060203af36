package io.foursight.querylanguages.regex;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Collects inclusive ranges of code points and hands them out ascending and disjoint.
final class CharRanges {
  private final List<int[]> ranges = new ArrayList<>();

  void add(int low, int high) {
    ranges.add(new int[] {low, high});
  }

  void addAll(int[] pairs) {
    for (int i = 0; i < pairs.length; i += 2) {
      add(pairs[i], pairs[i + 1]);
    }
  }

  /// Adds the other case of the ASCII letters in a range; false when the range holds letters whose
  /// cases are not just two.
  boolean addOtherCase(int low, int high) {
    if (high > 0x7f) {
      return false;
    }
    for (int c = low; c <= high; c++) {
      if (Character.isLetter(c)) {
        int other = Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c);
        add(other, other);
        int third = thirdCase(Character.toLowerCase(c));
        if (third > 0) {
          add(third, third);
        }
      }
    }
    return true;
  }

  /// The character beyond ASCII that case folding makes equal to a letter: the Kelvin sign and the
  /// long s; 0 for all others.
  static int thirdCase(int lower) {
    return lower == 'k' ? 0x212a : lower == 's' ? 0x17f : 0;
  }

  /// Adds `[:name:]` or `[:^name:]`; false when there is no such class.
  boolean addPosix(String name) {
    boolean negated = name.startsWith("^");
    int[] pairs =
        switch (negated ? name.substring(1) : name) {
          case "alnum" -> new int[] {'0', '9', 'A', 'Z', 'a', 'z'};
          case "alpha" -> new int[] {'A', 'Z', 'a', 'z'};
          case "ascii" -> new int[] {0, 0x7f};
          case "blank" -> new int[] {'\t', '\t', ' ', ' '};
          case "cntrl" -> new int[] {0, 0x1f, 0x7f, 0x7f};
          case "digit" -> new int[] {'0', '9'};
          case "graph" -> new int[] {'!', '~'};
          case "lower" -> new int[] {'a', 'z'};
          case "print" -> new int[] {' ', '~'};
          case "punct" -> new int[] {'!', '/', ':', '@', '[', '`', '{', '~'};
          case "space" -> new int[] {'\t', '\r', ' ', ' '};
          case "upper" -> new int[] {'A', 'Z'};
          case "word" -> new int[] {'0', '9', 'A', 'Z', '_', '_', 'a', 'z'};
          case "xdigit" -> new int[] {'0', '9', 'A', 'F', 'a', 'f'};
          default -> new int[0];
        };
    addAll(negated ? negate(pairs) : pairs);
    return pairs.length > 0;
  }

  int[] toArray() {
    ranges.sort(Comparator.comparingInt(r -> r[0]));
    var out = new int[2 * ranges.size()];
    int n = 0;
    for (int[] range : ranges) {
      if (n > 0 && range[0] <= out[n - 1] + 1) {
        out[n - 1] = Math.max(out[n - 1], range[1]);
      } else {
        out[n++] = range[0];
        out[n++] = range[1];
      }
    }
    return Arrays.copyOf(out, n);
  }

  static int[] negate(int[] ascending) {
    var out = new int[ascending.length + 2];
    int n = 0;
    int from = 0;
    for (int i = 0; i < ascending.length; i += 2) {
      if (ascending[i] > from) {
        out[n++] = from;
        out[n++] = ascending[i] - 1;
      }
      from = ascending[i + 1] + 1;
    }
    if (from <= Character.MAX_CODE_POINT) {
      out[n++] = from;
      out[n++] = Character.MAX_CODE_POINT;
    }
    return Arrays.copyOf(out, n);
  }
}
