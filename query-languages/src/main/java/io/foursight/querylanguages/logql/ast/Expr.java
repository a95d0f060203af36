package io.foursight.querylanguages.logql.ast;

import io.foursight.model.LabelMatcher;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// A query or a part of one. Immutable and safe from any thread. The parser bounds the depth of a
/// tree, so walking it by recursion is safe. `equals` compares positions too.
public sealed interface Expr {
  Position position();

  /// Entries of some streams, put through a pipeline.
  ///
  /// @param matchers on stream labels, in the order of the text
  record LogQuery(Position position, List<LabelMatcher> matchers, List<Stage> stages)
      implements Expr {
    public LogQuery {
      matchers = List.copyOf(matchers);
      stages = List.copyOf(stages);
    }
  }

  /// What yields samples.
  sealed interface Metric extends Expr {}

  /// `op([parameter,] range) [grouping]`
  ///
  /// @param parameter the quantile
  record RangeAggregation(
      Position position,
      RangeAggregator operator,
      LogRange range,
      OptionalDouble parameter,
      Optional<Grouping> grouping)
      implements Metric {}

  /// `op [grouping] ([parameter,] expr)`
  ///
  /// @param parameter the `k` of `topk` and its kin, at least 1; else 0
  record VectorAggregation(
      Position position,
      VectorAggregator operator,
      Metric expr,
      int parameter,
      Optional<Grouping> grouping)
      implements Metric {}

  /// @param returnBool the `bool` modifier
  /// @param matching as written; the default when one side is a number
  record Binary(
      Position position,
      BinaryOperator operator,
      Metric left,
      Metric right,
      boolean returnBool,
      VectorMatching matching)
      implements Metric {}

  /// A number; operations between numbers have been carried out by the parser.
  record NumberLiteral(Position position, double value) implements Metric {}

  /// `vector(n)`: one element without labels.
  record VectorLiteral(Position position, double value) implements Metric {}

  /// @param source the label that `regex` (anchored) is matched with
  record LabelReplace(
      Position position,
      Metric expr,
      String destination,
      String replacement,
      String source,
      String regex)
      implements Metric {}
}
