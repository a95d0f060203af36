package io.foursight.querylanguages.promql.functions;

import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.ast.Position;
import io.foursight.querylanguages.promql.series.AnnotationSink;
import io.foursight.querylanguages.promql.series.SeriesStream;
import io.foursight.querylanguages.promql.series.StepSeries;
import io.foursight.querylanguages.promql.series.Steps;
import java.util.List;

/// One call of a function in a query: its arguments, evaluated when asked for. Each argument may be
/// asked for once.
public interface FunctionCall {
  Expr.Call expr();

  Steps steps();

  /// Whether the query was asked as a range query (which changes what `sort` may do).
  boolean isRangeQuery();

  AnnotationSink annotations();

  int argumentCount();

  /// An instant vector argument.
  SeriesStream vector(int argument);

  /// A scalar argument: one value a step.
  double[] scalar(int argument);

  /// A string argument.
  String text(int argument);

  /// Where the argument stands, for annotations.
  default Position position(int argument) {
    return expr().args().get(argument).position();
  }

  /// The series without its metric name: now, or marked to lose it at the end, as the query's
  /// options say. Shares the columns.
  StepSeries dropName(StepSeries series);

  /// Whether [#dropName] may make series of this call equal, so that the result must be [#merged]:
  /// names are not dropped at the end, and the first vector is not one of a single name.
  boolean dropsNamesNow();

  /// Series whose labels may have become equal: those are merged.
  ///
  /// @throws io.foursight.model.FoursightException `EXECUTION` when two share a step: `vector
  ///   cannot contain metrics with the same labelset`
  SeriesStream merged(List<StepSeries> series);
}
