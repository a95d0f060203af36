package io.foursight.querylanguages.promql.ast;

import java.util.List;
import java.util.OptionalDouble;

/// How the elements of two vectors find each other.
///
/// @param labels those of `on` or `ignoring`
/// @param on whether `labels` are the ones that must agree; else all others must
/// @param include labels that `group_left` or `group_right` copies from the "one" side
/// @param fillLeft the value of a missing element on the left side
/// @param fillRight the value of a missing element on the right side
public record VectorMatching(
    Cardinality cardinality,
    List<String> labels,
    boolean on,
    List<String> include,
    OptionalDouble fillLeft,
    OptionalDouble fillRight) {

  public enum Cardinality {
    ONE_TO_ONE("one-to-one"),
    /// `group_left`
    MANY_TO_ONE("many-to-one"),
    /// `group_right`
    ONE_TO_MANY("one-to-many"),
    /// set operators
    MANY_TO_MANY("many-to-many");

    private final String word;

    Cardinality(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /// Elements with the same labels.
  public static final VectorMatching DEFAULT =
      new VectorMatching(
          Cardinality.ONE_TO_ONE,
          List.of(),
          false,
          List.of(),
          OptionalDouble.empty(),
          OptionalDouble.empty());

  public VectorMatching {
    labels = List.copyOf(labels);
    include = List.copyOf(include);
  }

  public VectorMatching withCardinality(Cardinality other) {
    return new VectorMatching(other, labels, on, include, fillLeft, fillRight);
  }
}
