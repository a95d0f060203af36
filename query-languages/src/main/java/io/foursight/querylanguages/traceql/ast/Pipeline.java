package io.foursight.querylanguages.traceql.ast;

import java.util.List;

/// Stages, each fed with the span sets that the one before leaves.
public record Pipeline(List<Stage> stages) implements SpansetExpr, Query.Expr {
  public Pipeline {
    stages = List.copyOf(stages);
  }
}
