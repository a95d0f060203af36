package io.foursight.querylanguages.promql.eval;

import io.foursight.model.metrics.SelectHints;
import io.foursight.model.metrics.SelectHints.Delivery;
import java.util.List;

/// What stands right above a selector, for the Source.
///
/// @param grouped whether that is an aggregation that looks at nothing but its groups' labels
record Hints(String function, List<String> grouping, boolean by, boolean grouped) {
  static final Hints NONE = new Hints("", List.of(), false, false);

  static Hints function(String name) {
    return new Hints(name, List.of(), false, false);
  }

  /// The same for the selector below a function of ranges that stands here.
  Hints below(String name) {
    return new Hints(name, grouping, by, grouped);
  }

  /// @param anyOrder whether the order of series does not matter
  SelectHints of(long stepMillis, long rangeMillis, boolean anyOrder) {
    Delivery delivery =
        grouped ? Delivery.GROUPED : anyOrder ? Delivery.ANY_ORDER : Delivery.ASCENDING;
    return new SelectHints(function, stepMillis, rangeMillis, grouping, by, 0, 0, 0, delivery);
  }
}
