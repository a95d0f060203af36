package io.foursight.querylanguages.promql.eval;

import io.foursight.model.TimeRange;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.functions.RangeCall;
import io.foursight.querylanguages.promql.functions.SmoothedValue;
import io.foursight.querylanguages.promql.series.SeriesStream;
import io.foursight.querylanguages.promql.series.Steps;
import java.util.List;

/// An instant selector with `smoothed`: the value interpolated between the samples on both sides,
/// each at most one lookback away.
final class SmoothedSelector {
  private SmoothedSelector() {}

  static SeriesStream of(
      Expr.VectorSelector selector, TimeLine line, QueryContext query, Hints hints) {
    long lookback = query.lookbackMillis();
    var cursor =
        query
            .source()
            .select(
                new MetricsSelect(
                    query.tenant(),
                    new TimeRange(line.first() - lookback + 1, line.last() + lookback),
                    selector.matchers(),
                    new Hints(hints.function(), hints.grouping(), hints.by(), false)
                        .of(line.stride(), 0, false),
                    query.budget()));
    var steps =
        line.stride() == 0
            ? Steps.instant(line.first())
            : new Steps(line.first(), line.last(), line.stride());
    var call =
        new RangeCall(
            steps, query.annotations(), selector.position(), selector.position(), List.of());
    return new RangeStream(
        query,
        RangeInput.of(cursor),
        line,
        lookback,
        new RangeStream.Reach(0, lookback),
        new SmoothedValue(),
        call,
        true,
        false);
  }
}
