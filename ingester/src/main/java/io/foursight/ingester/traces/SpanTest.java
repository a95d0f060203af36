package io.foursight.ingester.traces;

import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.SpanPage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// A [SpanFilter] over the rows of a page whose columns are [#fields]. Owned by one thread.
final class SpanTest {
  private final SpanFilter filter;
  private final List<SpanField> fields;

  SpanTest(SpanFilter filter) {
    this.filter = filter;
    var all = new LinkedHashSet<SpanField>();
    collect(filter, all);
    this.fields = new ArrayList<>(all);
  }

  boolean passesAll() {
    return filter.equals(SpanFilter.ALL);
  }

  /// What the pages must have, in this order.
  List<SpanField> fields() {
    return fields;
  }

  private static void collect(SpanFilter filter, Set<SpanField> into) {
    switch (filter) {
      case SpanFilter.And and -> and.terms().forEach(term -> collect(term, into));
      case SpanFilter.Or or -> or.terms().forEach(term -> collect(term, into));
      case SpanFilter.Exists exists -> into.add(exists.field());
      case SpanFilter.TextTest test -> into.add(test.field());
      case SpanFilter.NumberRange range -> into.add(range.field());
      case SpanFilter.BoolTest test -> into.add(test.field());
      case SpanFilter.DurationRange range -> {}
      case SpanFilter.KindIn kinds -> {}
      case SpanFilter.StatusIn statuses -> {}
      case SpanFilter.Root root -> {}
    }
  }

  boolean passes(SpanPage page, int row) {
    return passes(filter, page, row);
  }

  private boolean passes(SpanFilter one, SpanPage page, int row) {
    return switch (one) {
      case SpanFilter.And and -> {
        for (SpanFilter term : and.terms()) {
          if (!passes(term, page, row)) {
            yield false;
          }
        }
        yield true;
      }
      case SpanFilter.Or or -> {
        for (SpanFilter term : or.terms()) {
          if (passes(term, page, row)) {
            yield true;
          }
        }
        yield false;
      }
      case SpanFilter.Exists exists -> column(page, exists.field()).has(row);
      case SpanFilter.TextTest test -> text(test, column(page, test.field()), row);
      case SpanFilter.NumberRange range -> number(range, column(page, range.field()), row);
      case SpanFilter.BoolTest test -> bool(test, column(page, test.field()), row);
      case SpanFilter.DurationRange range ->
          page.durationNanos(row) >= range.lowNanos()
              && page.durationNanos(row) <= range.highNanos();
      case SpanFilter.KindIn kinds -> isIn(kinds.kinds(), page.kinds()[row]);
      case SpanFilter.StatusIn statuses -> isIn(statuses.statuses(), page.statuses()[row]);
      case SpanFilter.Root root -> page.parentIds()[row] == 0;
    };
  }

  /// A number that nobody knows may be what is asked for.
  private static boolean isIn(int bits, byte number) {
    return number < 0 || number > 30 || (bits >>> number & 1) != 0;
  }

  private SpanColumn column(SpanPage page, SpanField field) {
    return page.columns().get(fields.indexOf(field));
  }

  private static boolean text(SpanFilter.TextTest test, SpanColumn column, int row) {
    for (int v = column.start(row); v < column.end(row); v++) {
      if (column.types()[v] == SpanColumn.TEXT && test.matcher().matches(column.text(v))) {
        return true;
      }
    }
    return false;
  }

  private static boolean number(SpanFilter.NumberRange range, SpanColumn column, int row) {
    for (int v = column.start(row); v < column.end(row); v++) {
      byte type = column.types()[v];
      double number =
          type == SpanColumn.DOUBLE
              ? column.decimal(v)
              : type == SpanColumn.INT || type == SpanColumn.DURATION
                  ? column.numbers()[v]
                  : Double.NaN;
      if (number >= range.low() && number <= range.high()) {
        return true;
      }
    }
    return false;
  }

  private static boolean bool(SpanFilter.BoolTest test, SpanColumn column, int row) {
    for (int v = column.start(row); v < column.end(row); v++) {
      if (column.types()[v] == SpanColumn.BOOL && column.numbers()[v] != 0 == test.value()) {
        return true;
      }
    }
    return false;
  }
}
