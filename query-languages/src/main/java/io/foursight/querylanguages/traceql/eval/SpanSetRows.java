package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.traces.FoundTrace;
import java.util.ArrayList;
import java.util.List;

/// Spans of a trace that belong together.
///
/// @param spans numbers from 0, ascending
/// @param attributes of the set: by what it was grouped, its aggregates
record SpanSetRows(int[] spans, List<FoundTrace.Attribute> attributes) {
  SpanSetRows with(int[] others) {
    return new SpanSetRows(others, attributes);
  }

  SpanSetRows with(FoundTrace.Attribute attribute) {
    var all = new ArrayList<FoundTrace.Attribute>(attributes);
    all.removeIf(a -> a.key().equals(attribute.key()));
    all.add(attribute);
    return new SpanSetRows(spans, all);
  }
}
