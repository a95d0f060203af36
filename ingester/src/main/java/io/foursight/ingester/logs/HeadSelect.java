package io.foursight.ingester.logs;

import io.foursight.model.Labels;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.NanoSpan;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/// The pages of a head that a selection may have entries in, as they were when it began, nearest
/// end first. Owned by one thread.
final class HeadSelect implements LogsCursor {
  /// A page with the matching streams of its segment.
  private record Candidate(HeadPage.View page, List<Labels> streams, BitSet matching) {}

  private final LogsSelect select;
  private final boolean backward;
  private final List<Candidate> candidates = new ArrayList<>();
  private final List<NanoSpan> repeats;
  private final NanoSpan extent;
  private final PageRows rows = new PageRows();
  private final BitSet seenStreams = new BitSet();
  private LogsPage page;
  private int next;
  private long scannedBytes;
  private long scannedEntries;
  private long chunks;

  HeadSelect(List<LogsSegment> segments, LogsSelect select) {
    this.select = select;
    this.backward = select.direction() == Direction.BACKWARD;
    var extents = new ArrayList<NanoSpan>();
    for (LogsSegment segment : segments) {
      select.budget().check();
      LogsSegment.View view = segment.view();
      BitSet matching = segment.matching(select.matchers());
      NanoSpan extent = NanoSpan.NONE;
      if (!matching.isEmpty()) {
        for (HeadPage.View p : view.pages()) {
          if (p.maxTime() >= select.startNanos() && p.minTime() < select.endNanos()) {
            candidates.add(new Candidate(p, view.streams(), matching));
            extent = extent.hull(new NanoSpan(p.minTime(), p.maxTime()));
          }
        }
      }
      extents.add(extent);
    }
    // Repetitions inside one segment never got there.
    repeats = NanoSpan.overlaps(extents);
    extent = extents.stream().reduce(NanoSpan.NONE, NanoSpan::hull);
    candidates.sort(
        backward
            ? Comparator.comparingLong((Candidate c) -> -c.page.maxTime())
            : Comparator.comparingLong(c -> c.page.minTime()));
  }

  @Override
  public boolean next() {
    while (next < candidates.size()) {
      select.budget().check();
      Candidate candidate = candidates.get(next);
      candidates.set(next++, null);
      chunks++;
      scannedBytes += rows.pick(candidate.page, candidate.matching, select);
      scannedEntries += candidate.page.rows();
      if (rows.count() > 0) {
        page = rows.page(candidate.page, candidate.streams, select.columns());
        return true;
      }
    }
    page = null;
    return false;
  }

  @Override
  public LogsPage page() {
    if (page == null) {
      throw new IllegalStateException("no page");
    }
    return page;
  }

  @Override
  public long bound() {
    if (next >= candidates.size()) {
      return backward ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    HeadPage.View following = candidates.get(next).page;
    return backward
        ? Math.min(following.maxTime(), select.endNanos() - 1)
        : Math.max(following.minTime(), select.startNanos());
  }

  @Override
  public boolean mayRepeat() {
    return !repeats.isEmpty();
  }

  @Override
  public List<NanoSpan> repeats() {
    return repeats;
  }

  @Override
  public NanoSpan extent() {
    return extent;
  }

  @Override
  public LogsStats scanned() {
    return new LogsStats(seenStreams.cardinality(), chunks, scannedBytes, scannedEntries);
  }

  @Override
  public void close() {
    candidates.clear();
    next = 0;
    page = null;
  }
}
