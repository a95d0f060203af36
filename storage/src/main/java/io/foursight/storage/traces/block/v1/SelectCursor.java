package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.PageFilter;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.TraceCandidates;
import io.foursight.model.traces.TracesCursor;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesStats;
import java.util.BitSet;

/// Answers a select from one block, row group by row group: first the columns that the filter
/// reads, then, of the pieces that have passing rows, those that were asked for. Owned by one
/// thread.
final class SelectCursor implements TracesCursor {
  private final TracesBlockReader block;
  private final TracesSelect select;
  private final boolean inRange;
  private final BitSet groups;
  private final PageBuilder builder;
  private PassingRows.TraceIds ids;

  private int nextGroup;
  private SpansReader.Group group;

  /// Rows wanted of the open group; empty when the ids decide.
  private BitSet rows = new BitSet();

  private boolean byRows;
  private long left;
  private SpanPage page;
  private long charged;
  private long bytes;
  private long spans;

  SelectCursor(TracesBlockReader block, TracesSelect asked) {
    this.block = block;
    TracesSelect effective = asked;
    boolean range = asked.ids().isEmpty();
    if (asked.wholeTraces()) {
      if (asked.ids().isEmpty() && !takesAll(asked)) {
        TraceCandidates found = block.candidates(asked, 0);
        bytes = found.scanned().bytes();
        spans = found.scanned().spans();
        effective =
            asked.traces(
                found.candidates().stream().map(TraceCandidates.Candidate::id).sorted().toList());
        if (effective.ids().isEmpty()) {
          nextGroup = Integer.MAX_VALUE;
        }
      } else {
        effective = withoutFilter(asked);
      }
      range = false;
    }
    select = effective;
    inRange = range;
    GroupPlan.Plan plan = GroupPlan.of(block.head(), block.index(), select, inRange);
    groups = plan.groups();
    bytes += plan.bytes();
    builder = new PageBuilder(block.spans().schema(), block.head(), select.fields());
  }

  private static TracesSelect withoutFilter(TracesSelect asked) {
    return asked.traces(asked.ids());
  }

  private boolean takesAll(TracesSelect asked) {
    return PageFilter.isAll(asked.filter())
        && block.head().groups().stream().allMatch(group -> isInside(asked, group));
  }

  /// Whether every span of a group lies in the range.
  static boolean isInside(TracesSelect select, GroupStats group) {
    return group.minStart() >= select.startNanos() && group.maxStart() < select.endNanos();
  }

  @Override
  public boolean next() {
    page = null;
    select.budget().release(charged);
    charged = 0;
    while (left > 0 || open()) {
      try {
        fill();
      } catch (RuntimeException e) {
        throw SpansReader.failed(e, nextGroup - 1);
      }
      if (builder.rows() > 0) {
        long held = builder.heldBytes();
        select.budget().charge(held);
        charged = held;
        page = builder.take();
        return true;
      }
    }
    return false;
  }

  private void fill() {
    select.budget().check();
    while (left > 0 && !builder.isFull()) {
      left--;
      int row = group.nextRow();
      builder.peek();
      boolean wanted =
          byRows
              ? rows.get(row)
              : ids.isEmpty() || ids.has(builder.traceHigh(), builder.traceLow());
      if (wanted) {
        builder.read();
      } else {
        builder.skip();
      }
    }
  }

  private boolean open() {
    closeGroup();
    while (nextGroup < block.head().groups().size()) {
      int g = nextGroup++;
      GroupStats stats = block.head().groups().get(g);
      if (!groups.get(g)) {
        continue;
      }
      BitSet pieces =
          select.ids().isEmpty() ? block.spans().allPieces(g) : Pieces.of(stats, select.ids());
      byRows =
          !pieces.isEmpty()
              && (!PageFilter.isAll(select.filter()) || inRange && !isInside(select, stats));
      if (byRows) {
        var passing = new PassingRows(block, select, new RowFilter(select, inRange));
        rows = passing.of(g, pieces, (tested, passes) -> {});
        bytes += passing.bytes();
        spans += passing.spans();
        pieces = piecesOf(rows);
      }
      if (pieces.isEmpty()) {
        continue;
      }
      group = block.spans().open(g, pieces, builder.leaves(), select.budget());
      bytes += group.bytes();
      spans += byRows ? 0 : group.rows();
      builder.open(group);
      ids = new PassingRows.TraceIds(select.ids());
      left = group.rows();
      return true;
    }
    return false;
  }

  private static BitSet piecesOf(BitSet rows) {
    var pieces = new BitSet();
    for (int row = rows.nextSetBit(0); row >= 0; ) {
      int piece = row / GroupStats.MARK_ROWS;
      pieces.set(piece);
      row = rows.nextSetBit((piece + 1) * GroupStats.MARK_ROWS);
    }
    return pieces;
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
    return new TracesStats(bytes, spans, 0, 1, block.meta().sizeBytes());
  }

  private void closeGroup() {
    if (group != null) {
      group.close();
      group = null;
    }
    left = 0;
  }

  @Override
  public void close() {
    closeGroup();
    select.budget().release(charged);
    charged = 0;
    nextGroup = Integer.MAX_VALUE;
  }
}
