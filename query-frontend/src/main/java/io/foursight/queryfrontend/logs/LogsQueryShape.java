package io.foursight.queryfrontend.logs;

import io.foursight.querylanguages.logql.ast.Expr;
import io.foursight.querylanguages.logql.ast.Expr.LogQuery;
import io.foursight.querylanguages.logql.ast.Stage;
import java.util.List;

/// What the time of a query's data has to do with the time of its steps.
///
/// @param selectors of the query
/// @param cacheable whether a step's value depends on the data only: no template asks for the clock
/// @param backNanos how far before a step its data may lie
/// @param aheadNanos how far behind a step its data may lie (negative offsets)
record LogsQueryShape(
    List<QuerySelectors> selectors, boolean cacheable, long backNanos, long aheadNanos) {
  private static final String CLOCK = "now";

  static LogsQueryShape of(Expr query) {
    List<QuerySelectors> selectors = QuerySelectors.of(query);
    long back = 0;
    long ahead = 0;
    for (QuerySelectors selector : selectors) {
      back = Math.max(back, selector.beforeNanos());
      ahead = Math.max(ahead, selector.afterNanos());
    }
    boolean cacheable =
        QuerySelectors.logQueries(query).stream()
            .map(LogQuery::stages)
            .flatMap(List::stream)
            .noneMatch(LogsQueryShape::readsClock);
    return new LogsQueryShape(selectors, cacheable, back, ahead);
  }

  private static boolean readsClock(Stage stage) {
    return switch (stage) {
      case Stage.LineFormat format -> format.template().contains(CLOCK);
      case Stage.LabelFormat format ->
          format.assignments().stream().anyMatch(a -> !a.rename() && a.text().contains(CLOCK));
      default -> false;
    };
  }
}
