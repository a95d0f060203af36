package io.foursight.querylanguages.promql.eval;

import io.foursight.model.Labels;
import io.foursight.querylanguages.promql.series.StepSeries;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/// Brings series with equal labels together.
final class SeriesMerge {
  private SeriesMerge() {}

  /// One series a label set, in the order of first appearance.
  ///
  /// @throws io.foursight.model.FoursightException `EXECUTION` when two share a step
  static List<StepSeries> merge(List<StepSeries> series) {
    var places = HashMap.<Labels, Integer>newHashMap(series.size());
    var merged = new ArrayList<StepSeries>(series.size());
    for (StepSeries next : series) {
      Integer place = places.putIfAbsent(next.labels(), merged.size());
      if (place == null) {
        merged.add(next);
        continue;
      }
      if (next.isEmpty()) {
        continue;
      }
      StepSeries target = merged.get(place).copy();
      merged.set(place, target);
      for (int step = 0; step < next.steps(); step++) {
        if (next.isPresent(step)) {
          if (target.isPresent(step)) {
            throw QueryContext.failure("vector cannot contain metrics with the same labelset");
          }
          target.setFrom(next, step);
        }
      }
    }
    return merged;
  }
}
