package io.foursight.ingester.metrics;

import io.foursight.model.metrics.Exemplar;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The exemplars of one range, in order of arrival; the tenant's bound makes the oldest go. Safe
/// from any thread.
final class HeadExemplars {
  /// One exemplar of series `series` of shard `shard`.
  record Entry(int shard, int series, Exemplar exemplar) {}

  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private final Map<Long, Exemplar> newest = new HashMap<>();

  /// @return false when the series' newest exemplar is the same
  synchronized boolean add(Entry entry) {
    Long key = (long) entry.shard << 32 | entry.series;
    if (entry.exemplar.equals(newest.get(key))) {
      return false;
    }
    newest.put(key, entry.exemplar);
    entries.addLast(entry);
    return true;
  }

  synchronized boolean removeOldest() {
    Entry oldest = entries.pollFirst();
    if (oldest != null) {
      newest.remove((long) oldest.shard << 32 | oldest.series, oldest.exemplar);
    }
    return oldest != null;
  }

  synchronized List<Entry> all() {
    return new ArrayList<>(entries);
  }

  synchronized int size() {
    return entries.size();
  }
}
