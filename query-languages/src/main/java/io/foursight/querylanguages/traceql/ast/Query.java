package io.foursight.querylanguages.traceql.ast;

import io.foursight.model.traces.SpanValue;
import java.util.List;
import java.util.Optional;

/// A whole query: a [Pipeline] that finds spans, or a [Metric] that yields series.
///
/// @param depth at least the depth of the tree: walks run with
///   [io.foursight.querylanguages.stack.DeepStack#call]
public record Query(Expr expr, List<Hint> hints, int depth) {
  /// The two kinds of queries.
  public sealed interface Expr permits Pipeline, Metric {}

  /// `with(name=value)`.
  public record Hint(String name, SpanValue value) {}

  public Query {
    hints = List.copyOf(hints);
  }

  /// The value of the last hint of that name.
  public Optional<SpanValue> hint(String name) {
    return hints.reversed().stream()
        .filter(h -> h.name().equals(name))
        .map(Hint::value)
        .findFirst();
  }

  /// Whether it yields series.
  public boolean isMetric() {
    return expr instanceof Metric;
  }
}
