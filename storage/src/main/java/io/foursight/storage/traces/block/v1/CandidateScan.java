package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.TraceCandidates;
import io.foursight.model.traces.TraceCandidates.Candidate;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesStats;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// Finds the newest traces that have a span that passes. The spans of a trace lie together, so a
/// trace is done with when the next one begins, and only the newest are kept. Owned by one thread.
final class CandidateScan {
  private static final int CANDIDATE_BYTES = 64;

  private static final Comparator<Candidate> NEWEST_FIRST =
      Comparator.comparingLong(Candidate::startNanos).reversed().thenComparing(Candidate::id);

  private final TracesBlockReader block;
  private final TracesSelect select;
  private final PriorityQueue<Candidate> kept = new PriorityQueue<>(NEWEST_FIRST.reversed());
  private int limit;
  private boolean complete = true;
  private long charged;
  private long traces;

  private boolean inTrace;
  private long high;
  private long low;
  private long newest;

  CandidateScan(TracesBlockReader block, TracesSelect select) {
    this.block = block;
    this.select =
        new TracesSelect(
            select.tenant(),
            select.startNanos(),
            select.endNanos(),
            List.of(),
            select.filter(),
            false,
            List.of(),
            select.withoutBlocks(),
            select.budget());
  }

  TraceCandidates run(int most) {
    limit = most <= 0 ? Integer.MAX_VALUE : most;
    GroupPlan.Plan plan = GroupPlan.of(block.head(), block.index(), select, true);
    var passing = new PassingRows(block, select, new RowFilter(select, true));
    try {
      for (int g = plan.groups().nextSetBit(0); g >= 0; g = plan.groups().nextSetBit(g + 1)) {
        if (!canBeNewer(g)) {
          complete = false;
          continue;
        }
        passing.of(g, block.spans().allPieces(g), this::page);
      }
      endTrace();
    } finally {
      select.budget().release(charged);
    }
    var found = new ArrayList<>(kept);
    Collections.sort(found, NEWEST_FIRST);
    return new TraceCandidates(
        found,
        complete,
        new TracesStats(
            plan.bytes() + passing.bytes(), passing.spans(), traces, 1, block.meta().sizeBytes()));
  }

  /// Whether a row group may have a trace newer than all that are kept.
  private boolean canBeNewer(int group) {
    return kept.size() < limit
        || block.head().groups().get(group).maxStart() >= kept.element().startNanos();
  }

  private void page(SpanPage page, boolean[] passes) {
    for (int r = 0; r < page.rows(); r++) {
      if (!passes[r]) {
        continue;
      }
      long h = page.traceHighs()[r];
      long l = page.traceLows()[r];
      if (inTrace && h == high && l == low) {
        newest = Math.max(newest, page.startNanos()[r]);
      } else {
        endTrace();
        inTrace = true;
        high = h;
        low = l;
        newest = page.startNanos()[r];
      }
    }
  }

  private void endTrace() {
    if (!inTrace) {
      return;
    }
    inTrace = false;
    traces++;
    if (kept.size() < limit) {
      select.budget().charge(CANDIDATE_BYTES);
      charged += CANDIDATE_BYTES;
    } else {
      complete = false;
    }
    kept.add(new Candidate(new TraceId(high, low), newest));
    if (kept.size() > limit) {
      kept.remove();
    }
  }
}
