package io.foursight.querylanguages.promql.eval;

import io.foursight.querylanguages.promql.ast.DurationExpr;
import io.foursight.querylanguages.promql.ast.TimeModifiers;
import io.foursight.querylanguages.promql.series.Steps;

/// The times that a selector or subquery looks at, one a step: `first`, `first + stride`, ... A
/// stride of 0 is a fixed time.
record TimeLine(long first, long stride, int count) {
  /// The steps, moved by `@` and `offset`.
  static TimeLine of(Steps steps, TimeModifiers modifiers, QueryContext query) {
    Steps top = query.top();
    long offset =
        modifiers.offset().map(o -> duration(o, DurationExpr.Use.OFFSET, query)).orElse(0L);
    int count = steps.count();
    if (modifiers.at().isEmpty()) {
      return new TimeLine(steps.startMillis() - offset, steps.stepMillis(), count);
    }
    long at =
        switch (modifiers.at().get()) {
          case TimeModifiers.Timestamp t -> t.millis();
          case TimeModifiers.Start _ -> top.startMillis();
          case TimeModifiers.End _ -> top.endMillis();
        };
    return new TimeLine(at - offset, 0, count);
  }

  static long duration(DurationExpr expr, DurationExpr.Use use, QueryContext query) {
    Steps top = query.top();
    return expr.millis(use, top.stepMillis(), top.endMillis() - top.startMillis());
  }

  long time(int step) {
    return first + step * stride;
  }

  long last() {
    return time(Math.max(0, count - 1));
  }
}
