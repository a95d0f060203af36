package io.foursight.storage.traces.block.v1;

import io.foursight.model.TextMatcher;
import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.TracesSelect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoublePredicate;

/// Tests spans of pages that have [#fields] as their columns, exactly. Owned by one thread.
final class RowFilter {
  private final TracesSelect select;
  private final boolean inRange;
  private final List<SpanField> fields;

  /// @param inRange whether spans outside of the select's range fail
  RowFilter(TracesSelect select, boolean inRange) {
    this.select = select;
    this.inRange = inRange;
    var all = new LinkedHashSet<SpanField>();
    collect(select.filter(), all);
    fields = List.copyOf(all);
  }

  private static void collect(SpanFilter filter, Set<SpanField> into) {
    switch (filter) {
      case SpanFilter.And and -> and.terms().forEach(term -> collect(term, into));
      case SpanFilter.Or or -> or.terms().forEach(term -> collect(term, into));
      case SpanFilter.Exists exists -> into.add(exists.field());
      case SpanFilter.TextTest test -> into.add(test.field());
      case SpanFilter.NumberRange range -> into.add(range.field());
      case SpanFilter.BoolTest test -> into.add(test.field());
      case SpanFilter.DurationRange _,
          SpanFilter.KindIn _,
          SpanFilter.StatusIn _,
          SpanFilter.Root _ -> {}
    }
  }

  static boolean isAll(SpanFilter filter) {
    return filter instanceof SpanFilter.And and && and.terms().stream().allMatch(RowFilter::isAll);
  }

  /// What the filter reads beside the fixed columns.
  List<SpanField> fields() {
    return new ArrayList<>(fields);
  }

  /// By row, whether it passes.
  boolean[] test(SpanPage page) {
    boolean[] passes = test(select.filter(), page);
    if (inRange) {
      for (int r = 0; r < page.rows(); r++) {
        passes[r] &= select.overlaps(page.startNanos()[r], page.endNanos()[r]);
      }
    }
    return passes;
  }

  private boolean[] test(SpanFilter filter, SpanPage page) {
    var passes = new boolean[page.rows()];
    switch (filter) {
      case SpanFilter.And and -> {
        Arrays.fill(passes, true);
        for (SpanFilter term : and.terms()) {
          boolean[] also = test(term, page);
          for (int r = 0; r < passes.length; r++) {
            passes[r] &= also[r];
          }
        }
      }
      case SpanFilter.Or or -> {
        for (SpanFilter term : or.terms()) {
          boolean[] also = test(term, page);
          for (int r = 0; r < passes.length; r++) {
            passes[r] |= also[r];
          }
        }
      }
      case SpanFilter.Exists exists -> {
        SpanColumn column = column(exists.field(), page);
        for (int r = 0; r < passes.length; r++) {
          passes[r] = column.has(r);
        }
      }
      case SpanFilter.TextTest test -> text(column(test.field(), page), test.matcher(), passes);
      case SpanFilter.NumberRange range ->
          numbers(column(range.field(), page), v -> v >= range.low() && v <= range.high(), passes);
      case SpanFilter.BoolTest test -> {
        SpanColumn column = column(test.field(), page);
        long wanted = test.value() ? 1 : 0;
        for (int r = 0; r < passes.length; r++) {
          for (int v = column.start(r); v < column.end(r); v++) {
            passes[r] |= column.types()[v] == SpanColumn.BOOL && column.numbers()[v] == wanted;
          }
        }
      }
      case SpanFilter.DurationRange range -> {
        for (int r = 0; r < passes.length; r++) {
          long duration = page.durationNanos(r);
          passes[r] = duration >= range.lowNanos() && duration <= range.highNanos();
        }
      }
      case SpanFilter.KindIn in -> {
        for (int r = 0; r < passes.length; r++) {
          passes[r] = isIn(page.kinds()[r], in.kinds());
        }
      }
      case SpanFilter.StatusIn in -> {
        for (int r = 0; r < passes.length; r++) {
          passes[r] = isIn(page.statuses()[r], in.statuses());
        }
      }
      case SpanFilter.Root _ -> {
        for (int r = 0; r < passes.length; r++) {
          passes[r] = page.parentIds()[r] == 0;
        }
      }
    }
    return passes;
  }

  /// Numbers that no bit stands for pass: the asker tests again.
  private static boolean isIn(int number, int bits) {
    return number < 0 || number > 31 || (bits >>> number & 1) != 0;
  }

  private SpanColumn column(SpanField field, SpanPage page) {
    return page.columns().get(fields.indexOf(field));
  }

  private static void text(SpanColumn column, TextMatcher matcher, boolean[] passes) {
    var known = new byte[column.texts().size()];
    for (int r = 0; r < passes.length; r++) {
      for (int v = column.start(r); v < column.end(r) && !passes[r]; v++) {
        if (column.types()[v] == SpanColumn.TEXT) {
          int code = (int) column.numbers()[v];
          if (known[code] == 0) {
            known[code] = (byte) (matcher.matches(column.texts().text(code)) ? 1 : 2);
          }
          passes[r] = known[code] == 1;
        }
      }
    }
  }

  private static void numbers(SpanColumn column, DoublePredicate test, boolean[] passes) {
    for (int r = 0; r < passes.length; r++) {
      for (int v = column.start(r); v < column.end(r) && !passes[r]; v++) {
        passes[r] =
            switch (column.types()[v]) {
              case SpanColumn.INT, SpanColumn.DURATION -> test.test(column.numbers()[v]);
              case SpanColumn.DOUBLE -> test.test(column.decimal(v));
              default -> false;
            };
      }
    }
  }
}
