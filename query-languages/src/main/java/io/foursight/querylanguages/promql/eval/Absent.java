package io.foursight.querylanguages.promql.eval;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.series.StepSeries;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;

/// What `absent` and `absent_over_time` yield: 1 at the steps at which no series is there.
final class Absent {
  private Absent() {}

  /// @param present steps at which something is there
  static StepSeries of(Expr argument, boolean[] present) {
    var series = StepSeries.empty(labels(argument), false, present.length);
    for (int step = 0; step < present.length; step++) {
      if (!present[step]) {
        series.set(step, 1);
      }
    }
    return series;
  }

  /// The labels that a selector pins with exactly one equality.
  private static Labels labels(Expr argument) {
    List<LabelMatcher> matchers = matchers(argument);
    var labels = new TreeMap<String, String>(Labels::compareText);
    var seen = new HashSet<String>();
    for (LabelMatcher m : matchers) {
      if (m.name().equals(Labels.METRIC_NAME)) {
        continue;
      }
      if (m.type() == LabelMatcher.Type.EQUAL && seen.add(m.name())) {
        labels.put(m.name(), m.value());
      } else {
        labels.remove(m.name());
      }
    }
    return Labels.of(labels);
  }

  private static List<LabelMatcher> matchers(Expr expr) {
    Expr e = expr.unwrapParens();
    if (e instanceof Expr.StepInvariant invariant) {
      return matchers(invariant.expr());
    }
    if (e instanceof Expr.VectorSelector selector) {
      return selector.matchers();
    }
    return e instanceof Expr.MatrixSelector matrix ? matrix.selector().matchers() : List.of();
  }
}
