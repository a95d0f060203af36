package io.foursight.ingester.traces;

import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesCursor;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesStats;
import java.util.Arrays;
import java.util.BitSet;
import java.util.NoSuchElementException;

/// What a select gets from one segment. Which rows is decided when it begins, from one view; pages
/// are decoded one by one. Charges the budget for both. Owned by one thread.
final class SegmentSelect implements TracesCursor {
  private static final int PAGE_ROWS = 1024;
  private static final int ROW_CHARGE = 120;

  private final TracesSelect select;
  private final SegmentView view;
  private final SpanDecoder decoder;
  private final int[] rows;
  private final long held;
  private int next;
  private SpanPage page;
  private boolean closed;

  private SegmentSelect(SegmentView view, TracesSelect select, int[] rows) {
    this.select = select;
    this.view = view;
    this.rows = rows;
    this.decoder = new SpanDecoder(view, select.fields());
    this.held = 4L * rows.length + (long) ROW_CHARGE * Math.min(rows.length, PAGE_ROWS);
    select.budget().charge(held);
  }

  static TracesCursor of(TracesSegment segment, TracesSelect select) {
    SegmentView view = segment.view();
    int[] rows =
        select.ids().isEmpty()
            ? inOrder(view, passing(view, select))
            : ofTraces(segment, view, select);
    return rows.length == 0 ? TracesCursor.empty() : new SegmentSelect(view, select, rows);
  }

  /// All rows of the traces asked for, which come in the order of their ids.
  private static int[] ofTraces(TracesSegment segment, SegmentView view, TracesSelect select) {
    var rows = new int[64];
    int count = 0;
    for (TraceId id : select.ids()) {
      for (int row : segment.rowsOf(id.high(), id.low())) {
        if (row >= view.rows()) {
          continue; // came after the view
        }
        if (count == rows.length) {
          rows = Arrays.copyOf(rows, 2 * count);
        }
        rows[count++] = row;
      }
      select.budget().check();
    }
    return Arrays.copyOf(rows, count);
  }

  /// Rows in the range that pass the filter; of their traces all, if wanted.
  private static BitSet passing(SegmentView view, TracesSelect select) {
    var passing = new BitSet();
    new SegmentFilter(view, select).forEach(passing::set);
    if (!select.wholeTraces()) {
      return passing;
    }
    var traces = new BitSet();
    passing.stream().forEach(row -> traces.set(view.trace(row)));
    for (int row = 0; row < view.rows(); row++) {
      if (traces.get(view.trace(row))) {
        passing.set(row);
      }
    }
    return passing;
  }

  private static int[] inOrder(SegmentView view, BitSet rows) {
    int[] numbers = rows.stream().toArray();
    var rank = new int[view.traceCount()];
    var traces = new int[Math.min(numbers.length, view.traceCount())];
    int count = 0;
    for (int row : numbers) {
      int trace = view.trace(row);
      if (rank[trace] == 0) {
        rank[trace] = 1;
        traces[count++] = trace;
      }
    }
    RowOrder.byId(view, traces, count);
    for (int i = 0; i < count; i++) {
      rank[traces[i]] = i + 1;
    }
    return RowOrder.byTrace(view, rank, count, numbers, numbers.length);
  }

  @Override
  public boolean next() {
    select.budget().check();
    if (closed || next >= rows.length) {
      page = null;
      return false;
    }
    int to = Math.min(rows.length, next + PAGE_ROWS);
    page = decoder.page(rows, next, to);
    next = to;
    return true;
  }

  @Override
  public SpanPage page() {
    if (page == null) {
      throw new NoSuchElementException("no page");
    }
    return page;
  }

  @Override
  public TracesStats scanned() {
    return new TracesStats(0, view.rows(), view.traceCount(), 0, 0);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      page = null;
      select.budget().release(held);
    }
  }
}
