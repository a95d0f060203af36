package io.foursight.queryfrontend.logs;

import io.foursight.config.GoDuration;
import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.querylanguages.logql.ast.Expr;
import io.foursight.querylanguages.logql.ast.Expr.Binary;
import io.foursight.querylanguages.logql.ast.Expr.LabelReplace;
import io.foursight.querylanguages.logql.ast.Expr.LogQuery;
import io.foursight.querylanguages.logql.ast.Expr.NumberLiteral;
import io.foursight.querylanguages.logql.ast.Expr.RangeAggregation;
import io.foursight.querylanguages.logql.ast.Expr.VectorAggregation;
import io.foursight.querylanguages.logql.ast.Expr.VectorLiteral;
import io.foursight.querylanguages.logql.ast.LogRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The stream selectors of a query and how far each looks beyond the query's own range: what limits
/// are checked by before a query runs.
///
/// @param beforeNanos how much earlier than the query's first step the selector begins
/// @param afterNanos how much later than the last step it ends; negative with an offset
record QuerySelectors(List<LabelMatcher> matchers, long beforeNanos, long afterNanos) {
  static List<QuerySelectors> of(Expr expr) {
    if (expr instanceof LogQuery query) {
      return List.of(new QuerySelectors(query.matchers(), 0, 0));
    }
    return ranges(expr).stream()
        .map(range ->
            new QuerySelectors(
                range.query().matchers(),
                range.rangeNanos() + range.offsetNanos(),
                -range.offsetNanos()))
        .toList();
  }

  /// The log queries that a query is made of.
  static List<LogQuery> logQueries(Expr expr) {
    return expr instanceof LogQuery query
        ? List.of(query)
        : ranges(expr).stream().map(LogRange::query).toList();
  }

  /// @throws FoursightException `BAD_DATA` when a range `[...]` is longer than allowed
  static void checkRanges(Expr expr, Duration most) {
    if (most.isZero()) {
      return;
    }
    ranges(expr).stream()
        .filter(range -> range.rangeNanos() > most.toNanos())
        .findFirst()
        .ifPresent(range -> {
          throw FoursightException.badData(
              "[interval] value exceeds limit: "
                  + GoDuration.format(Duration.ofNanos(range.rangeNanos()))
                  + " > "
                  + GoDuration.format(most)
                  + " (limits.max_query_range)");
        });
  }

  private static List<LogRange> ranges(Expr expr) {
    return switch (expr) {
      case LogQuery q -> List.of();
      case RangeAggregation a -> List.of(a.range());
      case VectorAggregation a -> ranges(a.expr());
      case LabelReplace r -> ranges(r.expr());
      case Binary b -> {
        var both = new ArrayList<>(ranges(b.left()));
        both.addAll(ranges(b.right()));
        yield both;
      }
      case NumberLiteral n -> List.of();
      case VectorLiteral v -> List.of();
    };
  }
}
