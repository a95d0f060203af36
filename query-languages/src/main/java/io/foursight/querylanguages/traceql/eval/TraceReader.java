package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.QueryBudget;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.TracesCursor;
import java.util.List;
import java.util.function.Consumer;

/// Cuts a cursor's pages into traces. A trace that may go on in the next page is copied, and
/// charged to the budget while it is at hand.
final class TraceReader {
  private static final int ROW_BYTES = 64;
  private static final int VALUE_BYTES = 24;

  private final List<SpanField> fields;
  private final boolean tree;
  private final QueryBudget budget;
  private PageCopy carried;
  private long charged;

  /// @param tree whether nested sets and children are wanted
  TraceReader(List<SpanField> fields, boolean tree, QueryBudget budget) {
    this.fields = fields;
    this.tree = tree;
    this.budget = budget;
    this.carried = new PageCopy(fields);
  }

  /// Hands over each trace; rows are valid during the call.
  void read(TracesCursor cursor, Consumer<Rows> traces) {
    try {
      while (cursor.next()) {
        budget.check();
        page(cursor.page(), traces);
      }
      flush(traces);
    } finally {
      budget.release(charged);
      charged = 0;
    }
  }

  private void page(SpanPage page, Consumer<Rows> traces) {
    int from = 0;
    while (from < page.rows()) {
      int to = from + 1;
      while (to < page.rows() && page.sameTrace(from, to)) {
        to++;
      }
      if (carried.isOf(page, from)) {
        carry(page, from, to);
      } else {
        flush(traces);
        if (to == page.rows()) {
          carry(page, from, to);
        } else {
          hand(page, from, to, traces);
        }
      }
      from = to;
    }
  }

  private void carry(SpanPage page, int from, int to) {
    long bytes = (long) (to - from) * (ROW_BYTES + (long) fields.size() * VALUE_BYTES);
    budget.charge(bytes);
    charged += bytes;
    carried.append(page, from, to);
  }

  private void flush(Consumer<Rows> traces) {
    if (carried.rows() > 0) {
      SpanPage page = carried.page();
      carried = new PageCopy(fields);
      hand(page, 0, page.rows(), traces);
      budget.release(charged);
      charged = 0;
    }
  }

  private void hand(SpanPage page, int from, int to, Consumer<Rows> traces) {
    traces.accept(new Rows(page, from, to, TraceShape.of(page, from, to, tree)));
  }
}
