package io.foursight.querylanguages.logql.ast;

import java.util.List;

/// `by (labels)` or `without (labels)`, in the order of the text.
public record Grouping(List<String> labels, boolean without) {
  public Grouping {
    labels = List.copyOf(labels);
  }
}
