package io.foursight.queryfrontend.metrics;

import io.foursight.querylanguages.promql.ast.DurationExpr;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.ast.Expr.Call;
import io.foursight.querylanguages.promql.ast.Expr.Extension;
import io.foursight.querylanguages.promql.ast.Expr.MatrixSelector;
import io.foursight.querylanguages.promql.ast.Expr.Subquery;
import io.foursight.querylanguages.promql.ast.Expr.VectorSelector;
import io.foursight.querylanguages.promql.ast.TimeModifiers;
import io.foursight.querylanguages.stack.DeepStack;
import java.util.Set;

/// What the time of a query's data has to do with the time of its steps.
///
/// @param splittable whether every step's value is independent of the query's first and last step
/// @param cacheable whether, besides, each step reads only data around its own time: no `@`
/// @param backMillis how far before a step its data may lie
/// @param aheadMillis how far behind a step its data may lie (negative offsets)
record QueryShape(boolean splittable, boolean cacheable, long backMillis, long aheadMillis) {
  /// Functions of the query's borders.
  private static final Set<String> BORDER_FUNCTIONS = Set.of("start", "end", "range");

  static QueryShape of(Expr query, long stepMillis, long rangeMillis, long lookbackMillis) {
    var walk = new Walk(stepMillis, rangeMillis, lookbackMillis);
    return DeepStack.call(
        query.depth(),
        () -> {
          walk.visit(query, 0, 0);
          return new QueryShape(
              walk.splittable, walk.splittable && walk.cacheable, walk.back, walk.ahead);
        });
  }

  private static final class Walk {
    private final long step;
    private final long range;
    private final long lookback;
    private boolean splittable = true;
    private boolean cacheable = true;
    private long back;
    private long ahead;

    Walk(long step, long range, long lookback) {
      this.step = step;
      this.range = range;
      this.lookback = lookback;
    }

    /// @param from where the earliest evaluation of `e` lies relative to the step
    /// @param to where the latest one lies
    void visit(Expr e, long from, long to) {
      switch (e) {
        case VectorSelector v -> selector(v, lookback, from, to);
        case MatrixSelector m -> selector(m.selector(), range(m.range()), from, to);
        case Subquery s -> {
          long offset = offset(s.time());
          s.step().ifPresent(this::border);
          visit(s.expr(), from - offset - range(s.range()), to - offset);
        }
        case Call c -> {
          if (BORDER_FUNCTIONS.contains(c.function().name())) {
            splittable = false;
          }
          c.args().forEach(arg -> visit(arg, from, to));
          if (c.function().name().equals("info")) {
            // Its second selector is evaluated at the first one's times, whatever it says itself.
            back = Math.max(back, lookback - from + back);
          }
        }
        default -> e.children().forEach(child -> visit(child, from, to));
      }
    }

    private void selector(VectorSelector v, long reach, long from, long to) {
      long offset = offset(v.time());
      long extra = v.extension() == Extension.NONE ? 0 : lookback;
      back = Math.max(back, -(from - offset - reach - extra));
      ahead = Math.max(ahead, to - offset + (v.extension() == Extension.SMOOTHED ? lookback : 0));
    }

    private long range(DurationExpr duration) {
      border(duration);
      return duration.millis(DurationExpr.Use.RANGE, step, range);
    }

    private long offset(TimeModifiers time) {
      time.at()
          .ifPresent(at -> {
            cacheable = false;
            if (!(at instanceof TimeModifiers.Timestamp)) {
              splittable = false;
            }
          });
      time.offset().ifPresent(this::border);
      return time.offset().map(d -> d.millis(DurationExpr.Use.OFFSET, step, range)).orElse(0L);
    }

    private void border(DurationExpr duration) {
      switch (duration) {
        case DurationExpr.Range r -> splittable = false;
        case DurationExpr.Sign s -> border(s.operand());
        case DurationExpr.Paren p -> border(p.inner());
        case DurationExpr.Arithmetic a -> {
          border(a.left());
          border(a.right());
        }
        case DurationExpr.Extreme x -> {
          border(x.left());
          border(x.right());
        }
        case DurationExpr.Seconds s -> {}
        case DurationExpr.Step s -> {}
      }
    }
  }

  /// For queries that must be evaluated whole.
  static QueryShape whole() {
    return new QueryShape(false, false, 0, 0);
  }
}
