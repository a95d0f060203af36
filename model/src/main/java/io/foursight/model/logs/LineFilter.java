package io.foursight.model.logs;

import java.util.List;

/// A line filter stage: a line passes when any of the tests matches, or, when `negated`, when none
/// does.
public record LineFilter(boolean negated, List<LineTest> tests) {
  public LineFilter {
    tests = List.copyOf(tests);
  }

  public boolean passes(byte[] bytes, int offset, int length) {
    for (LineTest test : tests) {
      if (test.matches(bytes, offset, length)) {
        return !negated;
      }
    }
    return negated;
  }
}
