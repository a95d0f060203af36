package io.foursight.querylanguages.promql.eval;

import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.series.SeriesStream;

final class InfoJoin {
  InfoJoin(Evaluator evaluator, Expr.Call call) {}

  SeriesStream evaluate() {
    throw QueryContext.failure("info");
  }
}
