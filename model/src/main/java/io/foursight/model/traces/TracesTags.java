package io.foursight.model.traces;

import java.util.List;

/// Attribute names of one scope, ascending, distinct.
public record TracesTags(SpanField.Scope scope, List<String> names) {
  public TracesTags {
    names = List.copyOf(names);
  }
}
