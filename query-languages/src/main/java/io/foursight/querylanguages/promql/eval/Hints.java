package io.foursight.querylanguages.promql.eval;

import io.foursight.model.metrics.SelectHints;
import java.util.List;

/// What stands right above a selector, for the Source.
record Hints(String function, List<String> grouping, boolean by) {
  static final Hints NONE = new Hints("", List.of(), false);

  static Hints function(String name) {
    return new Hints(name, List.of(), false);
  }

  SelectHints of(long stepMillis, long rangeMillis) {
    return new SelectHints(function, stepMillis, rangeMillis, grouping, by, 0, 0, 0);
  }
}
