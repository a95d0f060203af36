package io.foursight.querylanguages.logql.ast;

import java.util.List;

/// How the elements of two vectors find each other.
///
/// @param labels those of `on` or `ignoring`
/// @param on whether `labels` are the ones that must agree; else all others must
/// @param include labels that `group_left` or `group_right` copies from the "one" side
public record VectorMatching(
    Cardinality cardinality, List<String> labels, boolean on, List<String> include) {

  public enum Cardinality {
    ONE_TO_ONE,
    /// `group_left`
    MANY_TO_ONE,
    /// `group_right`
    ONE_TO_MANY
  }

  /// Elements with the same labels.
  public static final VectorMatching DEFAULT =
      new VectorMatching(Cardinality.ONE_TO_ONE, List.of(), false, List.of());

  public VectorMatching {
    labels = List.copyOf(labels);
    include = List.copyOf(include);
  }
}
