package io.foursight.querylanguages.promql.eval;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SelectHints;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.querylanguages.promql.ast.DurationExpr.Use;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.ast.ValueType;
import io.foursight.querylanguages.promql.series.SeriesStream;
import io.foursight.querylanguages.promql.series.StepSeries;
import io.foursight.querylanguages.promql.series.Steps;
import java.util.Arrays;
import java.util.List;

/// Evaluates expressions over one set of steps. Recursion follows the tree, for which the engine
/// has provided stack. Owned by one thread.
final class Evaluator {
  private static final int MAX_PARTS = 16;
  private static final int MIN_SHARED_SERIES = 256;

  private final QueryContext query;
  private final Steps steps;
  private final boolean anyOrder;
  private final boolean findsResets;

  /// @param anyOrder whether the order of the series does not matter to what is above
  Evaluator(QueryContext query, Steps steps, boolean anyOrder) {
    this(query, steps, anyOrder, false);
  }

  /// @param findsResets whether selectors are read through a [ResetFinder]: below
  ///   `histogram_count`, `histogram_sum` and `histogram_avg`
  private Evaluator(QueryContext query, Steps steps, boolean anyOrder, boolean findsResets) {
    this.query = query;
    this.steps = steps;
    this.anyOrder = anyOrder;
    this.findsResets = findsResets;
  }

  /// For an operand whose series may come in any order, or must come in the Source's.
  Evaluator ordered(boolean inAnyOrder) {
    return inAnyOrder == anyOrder ? this : new Evaluator(query, steps, inAnyOrder, findsResets);
  }

  boolean isAnyOrder() {
    return anyOrder;
  }

  /// For the arguments of a function.
  Evaluator below(String function) {
    return switch (function) {
      case "histogram_count", "histogram_sum", "histogram_avg" ->
          new Evaluator(query, steps, anyOrder, true);
      case "histogram_quantile", "histogram_quantiles", "histogram_fraction" ->
          new Evaluator(query, steps, anyOrder, false);
      default -> this;
    };
  }

  private Evaluator at(Steps others) {
    return new Evaluator(query, others, anyOrder, findsResets);
  }

  /// One cursor, or several to be read at the same time.
  private List<SeriesCursor> select(
      TimeRange range, List<LabelMatcher> matchers, SelectHints hints) {
    var select = new MetricsSelect(query.tenant(), range, matchers, hints, query.budget());
    List<SeriesCursor> cursors =
        hints.delivery() == SelectHints.Delivery.ASCENDING
            ? List.of(query.source().select(select))
            : query.source().select(select, MAX_PARTS);
    cursors = worthwhile(cursors);
    return findsResets ? cursors.stream().<SeriesCursor>map(ResetFinder::new).toList() : cursors;
  }

  /// A few series are read faster than shared out.
  private static List<SeriesCursor> worthwhile(List<SeriesCursor> cursors) {
    long size = 0;
    for (SeriesCursor cursor : cursors) {
      size += Math.min(cursor.sizeEstimate(), MIN_SHARED_SERIES);
    }
    return size < MIN_SHARED_SERIES ? List.of(SeriesCursor.chained(cursors)) : cursors;
  }

  QueryContext query() {
    return query;
  }

  Steps steps() {
    return steps;
  }

  /// An instant vector at each step.
  SeriesStream vector(Expr expr) {
    return vector(expr, Hints.NONE);
  }

  SeriesStream vector(Expr expr, Hints hints) {
    return switch (expr) {
      case Expr.VectorSelector e -> selector(e, hints);
      case Expr.Paren e -> vector(e.expr(), hints);
      case Expr.Unary e -> e.negative() ? negated(e) : vector(e.expr());
      case Expr.Call e -> new Calls(this, e, hints).vector();
      case Expr.Aggregation e -> new Aggregations(this, e).evaluate();
      case Expr.Binary e -> new Binaries(this, e).vector();
      case Expr.StepInvariant e -> invariant(e, hints);
      case Expr.NumberLiteral _, Expr.StringLiteral _ -> throw unexpected(expr);
      case Expr.MatrixSelector _, Expr.Subquery _ -> throw unexpected(expr);
    };
  }

  private static IllegalStateException unexpected(Expr expr) {
    return new IllegalStateException("no value of the wanted type: " + expr);
  }

  /// Evaluated at one step, for all.
  private SeriesStream invariant(Expr.StepInvariant e, Hints hints) {
    if (steps.count() == 1) {
      return vector(e.expr(), hints);
    }
    var once = at(Steps.instant(steps.startMillis()));
    int count = steps.count();
    return once.vector(e.expr(), hints).map(series -> spread(series, count));
  }

  private static StepSeries spread(StepSeries one, int count) {
    var all = StepSeries.empty(one.labels(), one.dropName(), count);
    if (one.isHistogram(0)) {
      var histogram = one.histogram(0).orElseThrow();
      for (int step = 0; step < count; step++) {
        all.set(step, histogram);
      }
    } else {
      Arrays.fill(all.values(), one.value(0));
    }
    return all;
  }

  private SeriesStream selector(Expr.VectorSelector e, Hints hints) {
    var line = TimeLine.of(steps, e.time(), query);
    return switch (e.extension()) {
      // Anchoring is about ranges; an instant has nothing to anchor.
      case NONE, ANCHORED -> instants(e, line, InstantSelector.Take.VALUE, hints);
      case SMOOTHED -> SmoothedSelector.of(e, line, query, hints);
    };
  }

  /// A selector whose samples' times are wanted instead of their values.
  SeriesStream selector(Expr.VectorSelector e, InstantSelector.Take take) {
    var once = new Evaluator(query, steps, anyOrder, false);
    return once.instants(e, TimeLine.of(steps, e.time(), query), take, Hints.NONE);
  }

  private SeriesStream instants(
      Expr.VectorSelector e, TimeLine line, InstantSelector.Take take, Hints hints) {
    var range = new TimeRange(line.first() - query.lookbackMillis() + 1, line.last());
    SelectHints selectHints = hints.of(steps.stepMillis(), 0, anyOrder);
    return ParallelStream.of(
        query,
        select(range, e.matchers(), selectHints).stream()
            .map(cursor -> new InstantSelector(cursor, line, query, take))
            .toList());
  }

  private SeriesStream negated(Expr.Unary e) {
    var negated =
        vector(e.expr())
            .map(series -> {
              var out = query.dropName(series.copy());
              BinaryElement.negate(out);
              return out;
            });
    return NameDrop.merged(query, e.expr(), negated);
  }

  /// A scalar at each step.
  double[] scalar(Expr expr) {
    return switch (expr) {
      case Expr.NumberLiteral e -> constant(e.value());
      case Expr.Paren e -> scalar(e.expr());
      case Expr.Unary e -> {
        double[] values = scalar(e.expr());
        for (int i = 0; e.negative() && i < values.length; i++) {
          values[i] = -values[i];
        }
        yield values;
      }
      case Expr.Call e -> new Calls(this, e, Hints.NONE).scalar();
      case Expr.Binary e -> new Binaries(this, e).scalar();
      case Expr.StepInvariant e -> {
        if (steps.count() == 1) {
          yield scalar(e.expr());
        }
        var once = at(Steps.instant(steps.startMillis()));
        yield constant(once.scalar(e.expr())[0]);
      }
      case Expr.StringLiteral _, Expr.VectorSelector _, Expr.MatrixSelector _ ->
          throw unexpected(expr);
      case Expr.Subquery _, Expr.Aggregation _ -> throw unexpected(expr);
    };
  }

  double[] constant(double value) {
    var values = new double[steps.count()];
    Arrays.fill(values, value);
    return values;
  }

  static String text(Expr expr) {
    Expr e = expr.unwrapParens();
    if (e instanceof Expr.StepInvariant invariant) {
      return text(invariant.expr());
    }
    if (e instanceof Expr.StringLiteral literal) {
      return literal.value();
    }
    throw unexpected(expr);
  }

  /// Either side of a binary operator or a parameter: scalars as a column.
  boolean isScalar(Expr expr) {
    return expr.type() == ValueType.SCALAR;
  }

  /// A range vector: its series, where it looks, and how far.
  ///
  /// @param inputs one, or several to be read at the same time
  record Ranged(
      List<RangeInput> inputs, TimeLine line, long rangeMillis, RangeStream.Reach reach) {}

  Ranged range(Expr expr, Hints hints) {
    return switch (expr) {
      case Expr.Paren e -> range(e.expr(), hints);
      case Expr.StepInvariant e -> range(e.expr(), hints);
      case Expr.MatrixSelector e -> matrix(e, hints);
      case Expr.Subquery e -> subquery(e);
      default -> throw unexpected(expr);
    };
  }

  private Ranged matrix(Expr.MatrixSelector e, Hints hints) {
    var line = TimeLine.of(steps, e.selector().time(), query);
    long range = TimeLine.duration(e.range(), Use.RANGE, query);
    var reach =
        switch (e.selector().extension()) {
          case NONE -> RangeStream.Reach.NONE;
          case ANCHORED -> new RangeStream.Reach(query.lookbackMillis(), 0);
          case SMOOTHED -> new RangeStream.Reach(query.lookbackMillis(), query.lookbackMillis());
        };
    var cursors =
        select(
            new TimeRange(line.first() - range - reach.before() + 1, line.last() + reach.behind()),
            e.selector().matchers(),
            hints.of(steps.stepMillis(), range, anyOrder));
    return new Ranged(cursors.stream().map(RangeInput::of).toList(), line, range, reach);
  }

  private Ranged subquery(Expr.Subquery e) {
    var line = TimeLine.of(steps, e.time(), query);
    long range = TimeLine.duration(e.range(), Use.RANGE, query);
    var inner = subquerySteps(e, line, range);
    var stream =
        inner.endMillis() < inner.startMillis()
            ? SeriesStream.empty()
            : at(inner).vectorOf(e.expr());
    return new Ranged(List.of(RangeInput.of(stream, inner)), line, range, RangeStream.Reach.NONE);
  }

  /// The steps of a subquery lie on multiples of its step, from the first behind the left border.
  private Steps subquerySteps(Expr.Subquery e, TimeLine line, long range) {
    long step =
        e.step()
            .map(s -> TimeLine.duration(s, Use.STEP, query))
            .orElse(query.options().defaultSubqueryStep());
    long open = line.first() - range;
    long first = Math.floorDiv(open, step) * step + step;
    long last = first + Math.floorDiv(line.last() - first, step) * step;
    return new Steps(first, last, step);
  }

  /// Any expression that may stand in a subquery: a scalar is one series without labels.
  SeriesStream vectorOf(Expr expr) {
    if (isScalar(expr)) {
      return SeriesStream.of(List.of(StepSeries.of(Labels.EMPTY, false, scalar(expr))));
    }
    return vector(expr);
  }
}
