package io.foursight.ingester.traces;

import io.foursight.model.traces.PageFilter;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.TracesSelect;
import java.util.ArrayList;
import java.util.List;

/// Finds the rows of a segment that pass a select. What a condition needs decides how often it is
/// asked: those on resource and scope once for each pair of them, those on times from the columns
/// of the segment, and only for rows that both leave are spans decoded. Owned by one thread.
final class SegmentFilter {
  private static final int SCAN_ROWS = 1024;

  private final SegmentView view;
  private final TracesSelect select;
  private final List<SpanFilter.DurationRange> durations = new ArrayList<>();
  private final boolean[] groups;
  private final boolean anyGroup;
  private final PageFilter rest;
  private final SpanDecoder decoder;
  private final boolean decodes;

  /// Takes numbers of rows, ascending.
  interface Rows {
    void accept(int row);
  }

  SegmentFilter(SegmentView view, TracesSelect select) {
    this.view = view;
    this.select = select;
    var ofGroups = new ArrayList<SpanFilter>();
    var ofSpans = new ArrayList<SpanFilter>();
    split(select.filter(), ofGroups, ofSpans);
    decodes = !ofSpans.isEmpty();
    rest = new PageFilter(new SpanFilter.And(ofSpans));
    decoder = new SpanDecoder(view, rest.fields());
    if (ofGroups.isEmpty()) {
      groups = new boolean[0];
      anyGroup = true;
    } else {
      var filter = new PageFilter(new SpanFilter.And(ofGroups));
      groups = filter.test(new SpanDecoder(view, filter.fields()).groups());
      anyGroup = any(groups);
    }
  }

  private static boolean any(boolean[] marks) {
    for (boolean mark : marks) {
      if (mark) {
        return true;
      }
    }
    return false;
  }

  private void split(SpanFilter filter, List<SpanFilter> ofGroups, List<SpanFilter> ofSpans) {
    switch (filter) {
      case SpanFilter.And and -> and.terms().forEach(term -> split(term, ofGroups, ofSpans));
      case SpanFilter.DurationRange range -> durations.add(range);
      default -> (isOfGroup(filter) ? ofGroups : ofSpans).add(filter);
    }
  }

  private static boolean isOfGroup(SpanFilter filter) {
    return switch (filter) {
      case SpanFilter.And and -> and.terms().stream().allMatch(SegmentFilter::isOfGroup);
      case SpanFilter.Or or -> or.terms().stream().allMatch(SegmentFilter::isOfGroup);
      case SpanFilter.Exists exists -> isOfGroup(exists.field());
      case SpanFilter.TextTest test -> isOfGroup(test.field());
      case SpanFilter.NumberRange range -> isOfGroup(range.field());
      case SpanFilter.BoolTest test -> isOfGroup(test.field());
      case SpanFilter.DurationRange _,
          SpanFilter.KindIn _,
          SpanFilter.StatusIn _,
          SpanFilter.Root _ ->
          false;
    };
  }

  private static boolean isOfGroup(SpanField field) {
    return SpanDecoder.isOfGroup(field);
  }

  void forEach(Rows into) {
    if (!anyGroup) {
      return;
    }
    var some = new int[SCAN_ROWS];
    for (int row = 0; row < view.rows(); ) {
      int count = 0;
      for (int last = Math.min(view.rows(), row + 16 * SCAN_ROWS);
          row < last && count < SCAN_ROWS;
          row++) {
        if (mayPass(row)) {
          some[count++] = row;
        }
      }
      select.budget().check();
      if (count == 0) {
        continue;
      }
      boolean[] passes = decodes ? rest.test(decoder.page(some, 0, count)) : null;
      for (int i = 0; i < count; i++) {
        if (passes == null || passes[i]) {
          into.accept(some[i]);
        }
      }
    }
  }

  private boolean mayPass(int row) {
    if (groups.length > 0 && !groups[view.group(row)]) {
      return false;
    }
    long start = view.start(row);
    long end = view.end(row);
    if (!select.overlaps(start, end)) {
      return false;
    }
    long duration = Math.max(0, end - start);
    for (SpanFilter.DurationRange range : durations) {
      if (duration < range.lowNanos() || duration > range.highNanos()) {
        return false;
      }
    }
    return true;
  }
}
