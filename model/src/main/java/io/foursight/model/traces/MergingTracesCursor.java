package io.foursight.model.traces;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;

/// Several streams of spans of the same fields as one, ascending by trace id. The pieces of a trace
/// come together. A span that several of the streams hold comes once: all fixed columns and all
/// fields of it are equal; spans that only share their id are kept. Spans of one stream are not
/// copies of each other, so that spans which only look alike in these fields come as often as the
/// stream says that has most of them. A page that meets no other stream is passed on as it is.
public final class MergingTracesCursor implements TracesCursor {
  private static final int PAGE_ROWS = 4096;

  private final List<TracesCursor> cursors;
  private final PriorityQueue<Input> inputs;
  private boolean begun;
  private Rows collected;
  private SpanPage page;

  /// The input whose page was passed on.
  private Input pending;

  /// Pages still to come from one stream, from `row` of `page` on.
  private static final class Input {
    final TracesCursor cursor;
    final int number;
    SpanPage page;
    int row;
    SpanColumnBuilder.Codes[] codes;

    Input(TracesCursor cursor, int number) {
      this.cursor = cursor;
      this.number = number;
    }

    boolean advance() {
      if (!cursor.next()) {
        return false;
      }
      page = cursor.page();
      row = 0;
      codes = null;
      return true;
    }

    long high() {
      return page.traceHighs()[row];
    }

    long low() {
      return page.traceLows()[row];
    }

    SpanColumnBuilder.Codes[] codes() {
      if (codes == null) {
        codes = new SpanColumnBuilder.Codes[page.columns().size()];
        for (int c = 0; c < codes.length; c++) {
          codes[c] = new SpanColumnBuilder.Codes();
          codes[c].clear(page.columns().get(c).texts().size());
        }
      }
      return codes;
    }

    static int compare(Input a, Input b) {
      int order = TraceId.compare(a.high(), a.low(), b.high(), b.low());
      return order != 0 ? order : Integer.compare(a.number, b.number);
    }
  }

  private MergingTracesCursor(List<TracesCursor> cursors) {
    this.cursors = List.copyOf(cursors);
    this.inputs = new PriorityQueue<>(Math.max(1, cursors.size()), Input::compare);
  }

  /// @param cursors closed with this one
  public static TracesCursor of(List<TracesCursor> cursors) {
    return switch (cursors.size()) {
      case 0 -> TracesCursor.empty();
      case 1 -> cursors.getFirst();
      default -> new MergingTracesCursor(cursors);
    };
  }

  @Override
  public boolean next() {
    page = null;
    if (!begun) {
      begun = true;
      for (int i = 0; i < cursors.size(); i++) {
        push(new Input(cursors.get(i), i), false);
      }
    }
    restart();
    while (!inputs.isEmpty() && collected.rows < PAGE_ROWS) {
      Input first = inputs.poll();
      Input second = inputs.peek();
      if (first.row == 0 && isBefore(first, second)) {
        if (collected.rows > 0) {
          inputs.add(first);
          break;
        }
        page = first.page;
        // The page is only good until the cursor is asked again: that happens in the next call.
        first.row = first.page.rows();
        pending = first;
        return true;
      }
      if (second == null || compareTo(first, second) < 0) {
        copyUpTo(first, second);
      } else {
        copyTrace(first);
      }
    }
    if (collected.rows == 0) {
      return false;
    }
    page = collected.page();
    return true;
  }

  private void restart() {
    collected = new Rows();
    if (pending != null) {
      Input asked = pending;
      pending = null;
      push(asked, true);
    }
    for (Input input : inputs) {
      input.codes = null;
    }
  }

  /// Puts an input that has rows left, now or on its next page, into the queue.
  private void push(Input input, boolean started) {
    if (started && input.row < input.page.rows()) {
      inputs.add(input);
    } else if (input.advance()) {
      inputs.add(input);
    }
  }

  private static int compareTo(Input a, Input b) {
    return TraceId.compare(a.high(), a.low(), b.high(), b.low());
  }

  /// Whether all of a page comes before what the other one has next.
  private static boolean isBefore(Input input, Input other) {
    int last = input.page.rows() - 1;
    return other == null
        || TraceId.compare(
                input.page.traceHighs()[last],
                input.page.traceLows()[last],
                other.high(),
                other.low())
            < 0;
  }

  /// Rows of one input until the next one's trace begins or the page is full.
  private void copyUpTo(Input from, Input next) {
    while (from.row < from.page.rows()
        && collected.rows < PAGE_ROWS
        && (next == null || compareTo(from, next) < 0)) {
      collected.add(from, from.row++);
    }
    push(from, true);
  }

  /// All rows of a trace that several inputs hold.
  private void copyTrace(Input first) {
    long high = first.high();
    long low = first.low();
    collected.beginTrace();
    Input from = first;
    int stream = 0;
    while (from != null) {
      boolean more = true;
      while (more && from.high() == high && from.low() == low) {
        if (stream == 0 || !collected.has(from.page, from.row, stream)) {
          collected.add(from, from.row);
        }
        if (++from.row == from.page.rows()) {
          more = from.advance();
        }
      }
      if (more) {
        inputs.add(from);
      }
      Input next = inputs.peek();
      from = next != null && next.high() == high && next.low() == low ? inputs.poll() : null;
      collected.index();
      stream++;
    }
  }

  /// Rows of the page to be.
  private static final class Rows {
    int rows;
    long[] traceHighs = new long[PAGE_ROWS];
    long[] traceLows = new long[PAGE_ROWS];
    long[] spanIds = new long[PAGE_ROWS];
    long[] parentIds = new long[PAGE_ROWS];
    long[] startNanos = new long[PAGE_ROWS];
    long[] endNanos = new long[PAGE_ROWS];
    byte[] kinds = new byte[PAGE_ROWS];
    byte[] statuses = new byte[PAGE_ROWS];
    SpanColumnBuilder[] columns;

    /// The rows `traceStart .. indexed-1` by span id: `slots` has the newest row plus one, `older`
    /// the one before it with the same slot.
    private int traceStart;

    private int indexed;
    private int[] slots = {};
    private int[] older = {};

    /// By row from `traceStart` on, the last stream that had a copy of it.
    private int[] copiedBy = {};

    void add(Input from, int row) {
      SpanPage p = from.page;
      if (columns == null) {
        columns = new SpanColumnBuilder[p.columns().size()];
        for (int c = 0; c < columns.length; c++) {
          columns[c] = new SpanColumnBuilder(p.columns().get(c).field());
        }
      }
      if (rows == spanIds.length) {
        grow();
      }
      traceHighs[rows] = p.traceHighs()[row];
      traceLows[rows] = p.traceLows()[row];
      spanIds[rows] = p.spanIds()[row];
      parentIds[rows] = p.parentIds()[row];
      startNanos[rows] = p.startNanos()[row];
      endNanos[rows] = p.endNanos()[row];
      kinds[rows] = p.kinds()[row];
      statuses[rows] = p.statuses()[row];
      SpanColumnBuilder.Codes[] codes = from.codes();
      for (int c = 0; c < columns.length; c++) {
        columns[c].add(p.columns().get(c), row, codes[c]);
      }
      rows++;
    }

    private void grow() {
      int size = 2 * rows;
      traceHighs = Arrays.copyOf(traceHighs, size);
      traceLows = Arrays.copyOf(traceLows, size);
      spanIds = Arrays.copyOf(spanIds, size);
      parentIds = Arrays.copyOf(parentIds, size);
      startNanos = Arrays.copyOf(startNanos, size);
      endNanos = Arrays.copyOf(endNanos, size);
      kinds = Arrays.copyOf(kinds, size);
      statuses = Arrays.copyOf(statuses, size);
    }

    void beginTrace() {
      traceStart = rows;
      indexed = rows;
      Arrays.fill(slots, 0);
    }

    /// Makes the rows added since findable by [#has].
    void index() {
      int count = rows - traceStart;
      if (2 * count > slots.length) {
        slots = new int[Integer.highestOneBit(Math.max(8, 4 * count))];
        indexed = traceStart;
      }
      if (count > older.length) {
        older = Arrays.copyOf(older, 2 * count);
        copiedBy = Arrays.copyOf(copiedBy, 2 * count);
      }
      for (; indexed < rows; indexed++) {
        int slot = slot(spanIds[indexed]);
        older[indexed - traceStart] = slots[slot];
        copiedBy[indexed - traceStart] = 0;
        slots[slot] = indexed + 1;
      }
    }

    private int slot(long id) {
      return (int) (id * 0x9E3779B97F4A7C15L >>> 32) & (slots.length - 1);
    }

    /// Whether a row is a copy of one that no other row of its stream is a copy of.
    boolean has(SpanPage p, int row, int stream) {
      if (slots.length == 0) {
        return false;
      }
      for (int r = slots[slot(p.spanIds()[row])]; r != 0; r = older[r - 1 - traceStart]) {
        if (copiedBy[r - 1 - traceStart] != stream && equal(r - 1, p, row)) {
          copiedBy[r - 1 - traceStart] = stream;
          return true;
        }
      }
      return false;
    }

    private boolean equal(int mine, SpanPage p, int row) {
      if (spanIds[mine] != p.spanIds()[row]
          || parentIds[mine] != p.parentIds()[row]
          || startNanos[mine] != p.startNanos()[row]
          || endNanos[mine] != p.endNanos()[row]
          || kinds[mine] != p.kinds()[row]
          || statuses[mine] != p.statuses()[row]) {
        return false;
      }
      for (int c = 0; c < columns.length; c++) {
        if (!columns[c].equal(mine, p.columns().get(c), row)) {
          return false;
        }
      }
      return true;
    }

    SpanPage page() {
      var all = new ArrayList<SpanColumn>(columns.length);
      for (SpanColumnBuilder column : columns) {
        all.add(column.column());
      }
      return new SpanPage(
          rows,
          traceHighs,
          traceLows,
          spanIds,
          parentIds,
          startNanos,
          endNanos,
          kinds,
          statuses,
          List.copyOf(all));
    }
  }

  @Override
  public SpanPage page() {
    if (page == null) {
      throw new IllegalStateException("no page");
    }
    return page;
  }

  @Override
  public TracesStats scanned() {
    var sum = TracesStats.NONE;
    for (TracesCursor cursor : cursors) {
      sum = sum.plus(cursor.scanned());
    }
    return sum;
  }

  @Override
  public void close() {
    cursors.forEach(TracesCursor::close);
  }
}
