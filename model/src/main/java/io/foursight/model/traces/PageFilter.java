package io.foursight.model.traces;

import io.foursight.model.TextMatcher;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A [SpanFilter] over pages that have [#fields] as their columns, exactly but for numbers of kinds
/// and statuses that OTLP does not know, which always pass. Works column by column: each condition
/// sees the rows that those before it left undecided, and each text of a page is tested once. Owned
/// by one thread.
public final class PageFilter {
  private final SpanFilter filter;
  private final Map<SpanField, Integer> columns = new LinkedHashMap<>();
  private final List<SpanField> fields;

  public PageFilter(SpanFilter filter) {
    this.filter = filter;
    collect(filter);
    fields = List.copyOf(columns.keySet());
  }

  private void collect(SpanFilter one) {
    switch (one) {
      case SpanFilter.And and -> and.terms().forEach(this::collect);
      case SpanFilter.Or or -> or.terms().forEach(this::collect);
      case SpanFilter.Exists exists -> collect(exists.field());
      case SpanFilter.TextTest test -> collect(test.field());
      case SpanFilter.NumberRange range -> collect(range.field());
      case SpanFilter.BoolTest test -> collect(test.field());
      case SpanFilter.DurationRange _,
          SpanFilter.KindIn _,
          SpanFilter.StatusIn _,
          SpanFilter.Root _ -> {}
    }
  }

  private void collect(SpanField field) {
    columns.putIfAbsent(field, columns.size());
  }

  /// What the filter reads beside the fixed columns, in the order in which pages must have it.
  public List<SpanField> fields() {
    return fields;
  }

  /// Whether every span passes.
  public static boolean isAll(SpanFilter filter) {
    return filter instanceof SpanFilter.And and && and.terms().stream().allMatch(PageFilter::isAll);
  }

  /// By row, whether it passes.
  public boolean[] test(SpanPage page) {
    var passes = new boolean[page.rows()];
    Arrays.fill(passes, true);
    keep(filter, page, passes);
    return passes;
  }

  /// Takes the mark from rows that fail; looks only at rows that have it.
  private void keep(SpanFilter one, SpanPage page, boolean[] rows) {
    switch (one) {
      case SpanFilter.And and -> and.terms().forEach(term -> keep(term, page, rows));
      case SpanFilter.Or or -> keepAny(or, page, rows);
      case SpanFilter.Exists exists -> {
        SpanColumn column = column(exists.field(), page);
        for (int r = 0; r < rows.length; r++) {
          rows[r] = rows[r] && column.has(r);
        }
      }
      case SpanFilter.TextTest test -> text(column(test.field(), page), test.matcher(), rows);
      case SpanFilter.NumberRange range -> numbers(column(range.field(), page), range, rows);
      case SpanFilter.BoolTest test -> {
        SpanColumn column = column(test.field(), page);
        for (int r = 0; r < rows.length; r++) {
          rows[r] = rows[r] && bool(column, r, test.value() ? 1 : 0);
        }
      }
      case SpanFilter.DurationRange range -> {
        for (int r = 0; r < rows.length; r++) {
          long duration = page.durationNanos(r);
          rows[r] &= duration >= range.lowNanos() && duration <= range.highNanos();
        }
      }
      case SpanFilter.KindIn in -> {
        for (int r = 0; r < rows.length; r++) {
          rows[r] &= isIn(page.kinds()[r], in.kinds());
        }
      }
      case SpanFilter.StatusIn in -> {
        for (int r = 0; r < rows.length; r++) {
          rows[r] &= isIn(page.statuses()[r], in.statuses());
        }
      }
      case SpanFilter.Root _ -> {
        for (int r = 0; r < rows.length; r++) {
          rows[r] &= page.parentIds()[r] == 0;
        }
      }
    }
  }

  private void keepAny(SpanFilter.Or or, SpanPage page, boolean[] rows) {
    boolean[] failed = rows.clone();
    for (SpanFilter term : or.terms()) {
      boolean[] pass = failed.clone();
      keep(term, page, pass);
      for (int r = 0; r < rows.length; r++) {
        failed[r] &= !pass[r];
      }
    }
    for (int r = 0; r < rows.length; r++) {
      rows[r] &= !failed[r];
    }
  }

  /// Numbers that no bit stands for pass: the asker tests again.
  private static boolean isIn(int number, int bits) {
    return number < 0 || number > 30 || (bits >>> number & 1) != 0;
  }

  private SpanColumn column(SpanField field, SpanPage page) {
    return page.columns().get(columns.get(field));
  }

  private static void text(SpanColumn column, TextMatcher matcher, boolean[] rows) {
    var known = new byte[column.texts().size()];
    for (int r = 0; r < rows.length; r++) {
      if (!rows[r]) {
        continue;
      }
      boolean passes = false;
      for (int v = column.start(r); v < column.end(r) && !passes; v++) {
        if (column.types()[v] == SpanColumn.TEXT) {
          int code = (int) column.numbers()[v];
          if (known[code] == 0) {
            known[code] = (byte) (matcher.matches(column.texts().text(code)) ? 1 : 2);
          }
          passes = known[code] == 1;
        }
      }
      rows[r] = passes;
    }
  }

  private static void numbers(SpanColumn column, SpanFilter.NumberRange range, boolean[] rows) {
    for (int r = 0; r < rows.length; r++) {
      if (!rows[r]) {
        continue;
      }
      boolean passes = false;
      for (int v = column.start(r); v < column.end(r) && !passes; v++) {
        double number =
            switch (column.types()[v]) {
              case SpanColumn.INT, SpanColumn.DURATION -> column.numbers()[v];
              case SpanColumn.DOUBLE -> column.decimal(v);
              default -> Double.NaN;
            };
        passes = number >= range.low() && number <= range.high();
      }
      rows[r] = passes;
    }
  }

  private static boolean bool(SpanColumn column, int row, long wanted) {
    for (int v = column.start(row); v < column.end(row); v++) {
      if (column.types()[v] == SpanColumn.BOOL && column.numbers()[v] == wanted) {
        return true;
      }
    }
    return false;
  }
}
