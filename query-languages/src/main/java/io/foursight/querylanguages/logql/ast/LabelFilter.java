package io.foursight.querylanguages.logql.ast;

import io.foursight.model.LabelMatcher;

/// A condition on the labels of an entry.
public sealed interface LabelFilter {
  record And(LabelFilter left, LabelFilter right) implements LabelFilter {}

  record Or(LabelFilter left, LabelFilter right) implements LabelFilter {}

  /// A comparison of texts; an absent label is the empty text.
  record Text(LabelMatcher matcher) implements LabelFilter {}

  /// A comparison of quantities.
  ///
  /// @param value a number, nanoseconds or bytes
  /// @param text the value as it was written
  record Quantity(String label, BinaryOperator operator, Unit unit, double value, String text)
      implements LabelFilter {
    public enum Unit {
      NUMBER,
      DURATION,
      BYTES
    }
  }

  /// Whether the label is an address in a range.
  record Address(String label, boolean negated, String range) implements LabelFilter {}
}
