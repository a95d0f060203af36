package io.foursight.storage.logs.block.v1;

import io.foursight.model.Labels;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsStats;
import io.foursight.storage.object.RangedReader;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// Selected entries, a page a row group, in the order of the pages' nearest ends. A queue holds row
/// groups by the nearest time that they may have, and, once looked into, by the one they have.
final class SelectCursor implements LogsCursor {
  /// So many rows are built when they are found; more of them only when it is their turn.
  private static final int FEW_ROWS = 4096;

  private record Waiting(int group, long nearest, int[] rows, LogsPage page) {
    private static final int[] UNKNOWN = {};

    boolean isOpened() {
      return rows != UNKNOWN;
    }
  }

  private static final LogsPage NO_PAGE =
      new LogsPage(
          0, new long[0], List.of(), new int[0], new byte[0], new int[0], new int[0], List.of());

  private final LogsIndex index;
  private final RangedReader rowsFile;
  private final LogsSelect select;
  private final boolean forward;
  private final StreamFilter streams;
  private final RowFilter filter;
  private final PageBuilder pages;
  private final NearestTimes nearest;
  private final PriorityQueue<Waiting> queue;
  private LogsPage page = NO_PAGE;
  private long charged;
  private LogsStats scanned = LogsStats.NONE;

  SelectCursor(LogsIndex index, RangedReader rowsFile, LogsSelect select) {
    this.index = index;
    this.rowsFile = rowsFile;
    this.select = select;
    forward = select.direction() == Direction.FORWARD;
    List<Labels> labels = index.streams();
    streams = new StreamFilter(select, labels);
    filter = new RowFilter(select, streams, labels);
    pages = new PageBuilder(labels, select.columns());
    nearest = new NearestTimes(select.direction(), select.limit());
    Comparator<Waiting> order =
        Comparator.comparingLong(Waiting::nearest).thenComparingInt(Waiting::group);
    queue = new PriorityQueue<>(forward ? order : order.reversed());
    for (int g = 0; g < index.groups().size(); g++) {
      enqueue(g, index.groups().get(g));
    }
  }

  private void enqueue(int number, GroupSummary group) {
    boolean any = false;
    long end = forward ? Long.MAX_VALUE : Long.MIN_VALUE;
    for (GroupSummary.Run run : group.runs()) {
      if (streams.takes(run)) {
        any = true;
        end =
            forward
                ? Math.min(end, Math.max(run.minTime(), select.startNanos()))
                : Math.max(end, Math.min(run.maxTime(), select.endNanos() - 1));
      }
    }
    if (any) {
      queue.add(new Waiting(number, end, Waiting.UNKNOWN, NO_PAGE));
    }
  }

  @Override
  public boolean next() {
    releasePage();
    while (!queue.isEmpty()) {
      select.budget().check();
      Waiting head = queue.poll();
      if (nearest.isUseless(head.nearest) && !head.isOpened()) {
        continue;
      }
      if (head.isOpened()) {
        page = head.page.rows() > 0 ? head.page : build(head);
        charged = PageBuilder.weight(page);
        if (head.page.rows() == 0) {
          select.budget().charge(charged);
        }
        return true;
      }
      look(head.group);
    }
    return false;
  }

  private OpenGroup open(int group) {
    return new OpenGroup(index.groups().get(group), index.directory(group), rowsFile);
  }

  private LogsPage build(Waiting waiting) {
    return pages.build(open(waiting.group), waiting.rows);
  }

  /// Finds the rows of a row group and puts it back into the queue when there are any.
  private void look(int number) {
    OpenGroup group = open(number);
    BitSet found = filter.inRange(group);
    count(group.summary(), found.cardinality());
    filter.restrict(group, found);
    if (found.isEmpty()) {
      return;
    }
    int[] rows = nearestRows(group, found);
    if (rows.length == 0) {
      return;
    }
    long end = group.times()[rows[0]];
    for (int row : rows) {
      long time = group.times()[row];
      end = forward ? Math.min(end, time) : Math.max(end, time);
    }
    LogsPage built = NO_PAGE;
    if (rows.length <= FEW_ROWS) {
      built = pages.build(group, rows);
      select.budget().charge(PageBuilder.weight(built));
    }
    queue.add(new Waiting(number, end, rows, built));
  }

  /// All rows, or with a limit those that may be among the first.
  private int[] nearestRows(OpenGroup group, BitSet found) {
    if (nearest.limit() == 0) {
      return found.stream().toArray();
    }
    long[] times = group.times();
    var own = new NearestTimes(select.direction(), select.limit());
    for (int row = found.nextSetBit(0); row >= 0; row = found.nextSetBit(row + 1)) {
      own.add(times[row]);
      nearest.add(times[row]);
    }
    var kept = new ArrayList<Integer>();
    for (int row = found.nextSetBit(0); row >= 0; row = found.nextSetBit(row + 1)) {
      if (!own.isUseless(times[row]) && !nearest.isUseless(times[row])) {
        kept.add(row);
      }
    }
    return kept.stream().mapToInt(Integer::intValue).toArray();
  }

  private void count(GroupSummary group, int rows) {
    long bytes = group.rows() == 0 ? 0 : group.bytes() * rows / group.rows();
    scanned = scanned.plus(new LogsStats(0, 1, bytes, rows));
  }

  @Override
  public LogsPage page() {
    if (page == NO_PAGE) {
      throw new IllegalStateException("no page");
    }
    return page;
  }

  @Override
  public long bound() {
    Waiting head = queue.peek();
    if (head == null) {
      return forward ? Long.MAX_VALUE : Long.MIN_VALUE;
    }
    return head.nearest;
  }

  @Override
  public LogsStats scanned() {
    return scanned;
  }

  private void releasePage() {
    page = NO_PAGE;
    select.budget().release(charged);
    charged = 0;
  }

  @Override
  public void close() {
    releasePage();
    for (Waiting waiting : queue) {
      if (waiting.page.rows() > 0) {
        select.budget().release(PageBuilder.weight(waiting.page));
      }
    }
    queue.clear();
  }
}
