package io.foursight.querylanguages.logql.eval;

import io.foursight.querylanguages.logql.ast.Expr.RangeAggregation;
import io.foursight.querylanguages.logql.eval.CellAccumulator.Moments.Result;

/// Which accumulator carries out which range aggregation.
final class Accumulators {
  private static final double NANOS = 1e9;

  private Accumulators() {}

  static Accumulator of(RangeAggregation expr, WindowPlan plan) {
    double seconds = expr.range().rangeNanos() / NANOS;
    return switch (expr.operator()) {
      case COUNT_OVER_TIME, ABSENT_OVER_TIME -> new CellAccumulator.Count(plan, 1);
      case RATE ->
          expr.range().unwrap().isPresent()
              ? new CellAccumulator.Sum(plan, seconds)
              : new CellAccumulator.Count(plan, seconds);
      case BYTES_OVER_TIME, SUM_OVER_TIME -> new CellAccumulator.Sum(plan, 1);
      case BYTES_RATE -> new CellAccumulator.Sum(plan, seconds);
      case MIN_OVER_TIME -> new CellAccumulator.Extreme(plan, false);
      case MAX_OVER_TIME -> new CellAccumulator.Extreme(plan, true);
      case FIRST_OVER_TIME -> new CellAccumulator.Edge(plan, false);
      case LAST_OVER_TIME -> new CellAccumulator.Edge(plan, true);
      case AVG_OVER_TIME -> new CellAccumulator.Moments(plan, Result.MEAN);
      case STDVAR_OVER_TIME -> new CellAccumulator.Moments(plan, Result.VARIANCE);
      case STDDEV_OVER_TIME -> new CellAccumulator.Moments(plan, Result.DEVIATION);
      case QUANTILE_OVER_TIME ->
          new SampleAccumulator(plan, SampleAccumulator.quantile(expr.parameter().orElseThrow()));
      case RATE_COUNTER -> new SampleAccumulator(plan, SampleAccumulator::counterRate);
    };
  }
}
