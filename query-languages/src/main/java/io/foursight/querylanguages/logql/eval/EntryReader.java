package io.foursight.querylanguages.logql.eval;

import io.foursight.model.LabelMatcher;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsSelect.Columns;
import io.foursight.querylanguages.logql.pipeline.Pipeline;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Pages of a Source, and which of their rows count: those that are not hidden by a deletion and
/// did not come before. Owned by one thread.
final class EntryReader implements AutoCloseable {
  private static final SecureRandom SEEDS = new SecureRandom();

  private final EvaluationContext context;
  private final LogsCursor cursor;
  private final List<HiddenEntries.Check> hidden;
  private final Optional<RowSet> seen;
  private long passed;

  /// @param columns what the asker reads
  EntryReader(
      EvaluationContext context,
      List<LabelMatcher> matchers,
      Pipeline pipeline,
      long startNanos,
      long endNanos,
      Columns columns,
      Direction direction,
      long limit) {
    this.context = context;
    List<HiddenEntries> hides =
        context.hidden().stream().filter(h -> h.overlaps(startNanos, endNanos)).toList();
    this.hidden = hides.stream().map(HiddenEntries::start).toList();
    // To tell entries apart, or to see whether they are hidden, takes all of them.
    Columns all = hides.isEmpty() ? columns : Columns.ALL;
    LogsCursor first = open(matchers, pipeline, startNanos, endNanos, all, direction, limit);
    if (first.mayRepeat() && !all.equals(Columns.ALL)) {
      first.close();
      first = open(matchers, pipeline, startNanos, endNanos, Columns.ALL, direction, limit);
    }
    this.cursor = first;
    this.seen =
        cursor.mayRepeat()
            ? Optional.of(new RowSet(SEEDS.nextLong(), context.budget()))
            : Optional.empty();
  }

  private LogsCursor open(
      List<LabelMatcher> matchers,
      Pipeline pipeline,
      long startNanos,
      long endNanos,
      Columns columns,
      Direction direction,
      long limit) {
    return context
        .source()
        .select(
            new LogsSelect(
                context.tenant(),
                startNanos,
                endNanos,
                matchers,
                pipeline.lineFilters(),
                pipeline.fields(),
                columns,
                direction,
                limit,
                Set.of(),
                context.budget()));
  }

  boolean next() {
    context.budget().check();
    if (!cursor.next()) {
      return false;
    }
    passed += cursor.page().rows();
    hidden.forEach(check -> check.page(cursor.page()));
    return true;
  }

  LogsPage page() {
    return cursor.page();
  }

  long bound() {
    return cursor.bound();
  }

  /// Whether a row of the page counts; to be asked once a row.
  boolean counts(int row) {
    for (HiddenEntries.Check check : hidden) {
      if (check.hides(cursor.page(), row)) {
        return false;
      }
    }
    return seen.isEmpty() || seen.get().add(cursor.page(), row);
  }

  @Override
  public void close() {
    context.touched().add(cursor.scanned(), passed);
    seen.ifPresent(RowSet::close);
    cursor.close();
  }
}
