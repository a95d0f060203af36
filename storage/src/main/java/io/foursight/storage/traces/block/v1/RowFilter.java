package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.PageFilter;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.TracesSelect;
import java.util.ArrayList;
import java.util.List;

/// Tests spans of pages that have [#fields] as their columns by a select's filter and range. Owned
/// by one thread.
final class RowFilter {
  private final TracesSelect select;
  private final boolean inRange;
  private final PageFilter filter;

  /// @param inRange whether spans outside of the select's range fail
  RowFilter(TracesSelect select, boolean inRange) {
    this.select = select;
    this.inRange = inRange;
    filter = new PageFilter(select.filter());
  }

  /// What the filter reads beside the fixed columns.
  List<SpanField> fields() {
    return new ArrayList<>(filter.fields());
  }

  /// By row, whether it passes.
  boolean[] test(SpanPage page) {
    boolean[] passes = filter.test(page);
    if (inRange) {
      for (int r = 0; r < page.rows(); r++) {
        passes[r] = passes[r] && select.overlaps(page.startNanos()[r], page.endNanos()[r]);
      }
    }
    return passes;
  }
}
