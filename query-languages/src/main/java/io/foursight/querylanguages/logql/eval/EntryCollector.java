package io.foursight.querylanguages.logql.eval;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LogsQueryResult.Entry;
import io.foursight.model.logs.LogsQueryResult.Stream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Keeps the first `limit` entries in a direction out of entries that come in any order. Equal
/// times stay in order of arrival, which backward is reversed. With an interval, entries nearer
/// than that to the one shown before are left out, so all must be kept until their time has come.
/// Charges the budget for what it holds. Owned by one thread.
final class EntryCollector {
  private static final int ENTRY_BYTES = 120;

  private record Candidate(Labels labels, Entry entry, long arrival) {
    long bytes() {
      return ENTRY_BYTES + entry.line().length;
    }
  }

  private final Direction direction;
  private final int limit;
  private final long intervalNanos;
  private final QueryBudget budget;
  private final Comparator<Candidate> order;
  private List<Candidate> candidates = new ArrayList<>();
  private long arrivals;
  private boolean full;

  /// The time of the last entry wanted, when `full`.
  private long worst;

  EntryCollector(Direction direction, int limit, long intervalNanos, QueryBudget budget) {
    this.direction = direction;
    this.limit = limit;
    this.intervalNanos = intervalNanos;
    this.budget = budget;
    Comparator<Candidate> ascending =
        Comparator.comparingLong((Candidate c) -> c.entry().timestampNanos())
            .thenComparingLong(Candidate::arrival);
    this.order = direction == Direction.FORWARD ? ascending : ascending.reversed();
  }

  /// Whether an entry of this time may be among the first.
  boolean wants(long timestampNanos) {
    return !full
        || (direction == Direction.FORWARD ? timestampNanos < worst : timestampNanos >= worst);
  }

  void add(Labels labels, Entry entry) {
    var candidate = new Candidate(labels, entry, arrivals++);
    budget.charge(candidate.bytes());
    candidates.add(candidate);
    if (intervalNanos == 0 && candidates.size() >= 2L * limit + 1024) {
      cut();
    }
  }

  /// Whether no entry beyond `bound` can be among the first.
  boolean isDone(long bound) {
    if (candidates.size() < limit) {
      return false;
    }
    if (intervalNanos > 0) {
      candidates.sort(order);
      List<Candidate> kept = thinned();
      return kept.size() >= limit && isBeyond(bound, kept.getLast().entry().timestampNanos());
    }
    cut();
    return isBeyond(bound, worst);
  }

  private boolean isBeyond(long bound, long timestampNanos) {
    return direction == Direction.FORWARD ? bound > timestampNanos : bound < timestampNanos;
  }

  private void cut() {
    candidates.sort(order);
    if (candidates.size() >= limit) {
      List<Candidate> rest = candidates.subList(limit, candidates.size());
      rest.forEach(c -> budget.release(c.bytes()));
      rest.clear();
      full = true;
      worst = candidates.getLast().entry().timestampNanos();
    }
  }

  private List<Candidate> thinned() {
    if (intervalNanos == 0) {
      return candidates.subList(0, Math.min(limit, candidates.size()));
    }
    var kept = new ArrayList<Candidate>();
    long last = 0;
    for (Candidate c : candidates) {
      long at = c.entry().timestampNanos();
      if (kept.isEmpty() || Math.abs(at - last) >= intervalNanos) {
        kept.add(c);
        last = at;
        if (kept.size() == limit) {
          break;
        }
      }
    }
    return kept;
  }

  /// By labels, ascending; entries of each in the direction.
  List<Stream> streams() {
    candidates.sort(order);
    Map<Labels, List<Entry>> streams = new TreeMap<>();
    for (Candidate c : thinned()) {
      streams.computeIfAbsent(c.labels(), l -> new ArrayList<>()).add(c.entry());
    }
    candidates.forEach(c -> budget.release(c.bytes()));
    candidates = new ArrayList<>();
    return streams.entrySet().stream().map(e -> new Stream(e.getKey(), e.getValue())).toList();
  }
}
