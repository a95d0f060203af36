package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesSelect;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Finds the rows of a row group that pass a select, from the columns that its filter reads. Owned
/// by one thread.
final class PassingRows {
  /// Is told each page that was tested.
  interface Sink {
    void page(SpanPage page, boolean[] passes);
  }

  private final TracesBlockReader block;
  private final TracesSelect select;
  private final RowFilter filter;
  private final PageBuilder builder;
  private final TraceIds ids;
  private long bytes;
  private long spans;

  PassingRows(TracesBlockReader block, TracesSelect select, RowFilter filter) {
    this.block = block;
    this.select = select;
    this.filter = filter;
    builder = new PageBuilder(block.spans().schema(), block.head(), filter.fields());
    ids = new TraceIds(select.ids());
  }

  /// @param pieces of the row group that are looked at
  /// @return numbers of the rows in the row group
  BitSet of(int group, BitSet pieces, Sink sink) {
    var passing = new BitSet();
    var numbers = new int[PageBuilder.PAGE_ROWS];
    try (SpansReader.Group open =
        block.spans().open(group, pieces, builder.leaves(), select.budget())) {
      bytes += open.bytes();
      spans += open.rows();
      builder.open(open);
      for (long left = open.rows(); left > 0; left--) {
        int row = open.nextRow();
        builder.peek();
        if (!ids.isEmpty() && !ids.has(builder.traceHigh(), builder.traceLow())) {
          builder.skip();
        } else {
          numbers[builder.rows()] = row;
          builder.read();
        }
        if (builder.isFull() || left == 1) {
          select.budget().check();
          SpanPage page = builder.take();
          boolean[] passes = filter.test(page);
          for (int r = 0; r < page.rows(); r++) {
            if (passes[r]) {
              passing.set(numbers[r]);
            }
          }
          if (page.rows() > 0) {
            sink.page(page, passes);
          }
        }
      }
    } catch (RuntimeException e) {
      throw SpansReader.failed(e, group);
    }
    return passing;
  }

  long bytes() {
    return bytes;
  }

  long spans() {
    return spans;
  }

  /// Ids in ascending order, for rows that come in ascending order too.
  static final class TraceIds {
    private final List<TraceId> ids;
    private int at;

    TraceIds(List<TraceId> ids) {
      this.ids = new ArrayList<>(ids);
    }

    boolean isEmpty() {
      return ids.isEmpty();
    }

    boolean has(long high, long low) {
      while (at < ids.size()) {
        TraceId id = ids.get(at);
        int order = TraceId.compare(id.high(), id.low(), high, low);
        if (order >= 0) {
          return order == 0;
        }
        at++;
      }
      return false;
    }
  }
}
