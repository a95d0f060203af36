package io.foursight.ingester.metrics;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// The distinct series of a tenant over all of its ranges, and how many each metric has: kept only
/// while the tenant has a limit on either. A set of 64 keyed bits a series, which is enough for
/// counting. Safe from any thread.
final class TenantSeries {
  /// What became of a series that is new in its range.
  enum Verdict {
    /// Counted, or counted before in another range.
    ENTERED,
    TOO_MANY,
    TOO_MANY_OF_METRIC
  }

  private final Map<String, Integer> byMetric = new HashMap<>();

  /// Open addressing, at most half full; 0 = free.
  private long[] keys = new long[64];

  private int size;

  /// @param perUser most series, 0 = no limit
  /// @param perMetric most series of the metric, 0 = no limit
  synchronized Verdict enter(long key, String metric, int perUser, int perMetric) {
    int at = slot(keys, key);
    if (keys[at] != 0) {
      return Verdict.ENTERED;
    }
    if (perUser > 0 && size >= perUser) {
      return Verdict.TOO_MANY;
    }
    int ofMetric = byMetric.getOrDefault(metric, 0);
    if (perMetric > 0 && ofMetric >= perMetric) {
      return Verdict.TOO_MANY_OF_METRIC;
    }
    byMetric.put(metric, ofMetric + 1);
    keys[at] = stored(key);
    if (++size * 2 > keys.length) {
      grow();
    }
    return Verdict.ENTERED;
  }

  private static long stored(long key) {
    return key == 0 ? 1 : key;
  }

  private static int slot(long[] keys, long key) {
    long wanted = stored(key);
    int mask = keys.length - 1;
    int at = (int) (wanted ^ wanted >>> 32) & mask;
    while (keys[at] != 0 && keys[at] != wanted) {
      at = at + 1 & mask;
    }
    return at;
  }

  private void grow() {
    long[] bigger = new long[keys.length * 2];
    for (long key : keys) {
      if (key != 0) {
        bigger[slot(bigger, key)] = key;
      }
    }
    keys = bigger;
  }

  /// Forgets everything, to be counted again.
  synchronized void clear() {
    Arrays.fill(keys, 0);
    byMetric.clear();
    size = 0;
  }

  synchronized int size() {
    return size;
  }
}
