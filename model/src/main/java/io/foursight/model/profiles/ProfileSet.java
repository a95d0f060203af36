package io.foursight.model.profiles;

import io.foursight.model.Labels;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Which profiles were met already. Two profiles are copies of one (by replicas, by a sender that
/// repeated itself) when series, time and id are the same; one without an id (0, 0) is a copy of
/// none. Owned by one thread.
public final class ProfileSet {
  private static final int LONGS = 4;

  private final Map<Labels, Integer> series = new HashMap<>();

  /// Series + 1, time, id.
  private long[] slots = new long[LONGS * 64];

  private int size;

  /// The number of a series in this set.
  public int series(Labels labels) {
    Integer number = series.putIfAbsent(labels, series.size());
    return number == null ? series.size() - 1 : number;
  }

  /// @param ofSeries as [#series] numbers it
  /// @return false when a copy was there
  public boolean add(int ofSeries, long timeNanos, long idHigh, long idLow) {
    if ((idHigh | idLow) == 0) {
      return true;
    }
    int at = slot(ofSeries + 1L, timeNanos, idHigh, idLow);
    if (slots[at] != 0) {
      return false;
    }
    put(at, ofSeries + 1L, timeNanos, idHigh, idLow);
    if (2 * ++size > slots.length / LONGS) {
      grow();
    }
    return true;
  }

  private int slot(long key, long timeNanos, long idHigh, long idLow) {
    int mask = slots.length / LONGS - 1;
    int slot = hash(key, timeNanos, idHigh, idLow) & mask;
    while (true) {
      int at = LONGS * slot;
      if (slots[at] == 0
          || slots[at] == key
              && slots[at + 1] == timeNanos
              && slots[at + 2] == idHigh
              && slots[at + 3] == idLow) {
        return at;
      }
      slot = (slot + 1) & mask;
    }
  }

  private void put(int at, long key, long timeNanos, long idHigh, long idLow) {
    slots[at] = key;
    slots[at + 1] = timeNanos;
    slots[at + 2] = idHigh;
    slots[at + 3] = idLow;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[Math.multiplyExact(2, old.length)];
    for (int at = 0; at < old.length; at += LONGS) {
      if (old[at] != 0) {
        int to = slot(old[at], old[at + 1], old[at + 2], old[at + 3]);
        System.arraycopy(old, at, slots, to, LONGS);
      }
    }
  }

  /// A hash of what tells a profile among those of all series.
  public static int hash(long series, long timeNanos, long idHigh, long idLow) {
    long h = idLow * 0x9E3779B97F4A7C15L ^ idHigh;
    h = (h ^ h >>> 32) * 0xC2B2AE3D27D4EB4FL + timeNanos;
    h = (h ^ h >>> 29) * 0x9E3779B97F4A7C15L + series;
    h = (h ^ h >>> 32) * 0xC2B2AE3D27D4EB4FL;
    return (int) (h >>> 32);
  }

  public int size() {
    return size;
  }

  public void clear() {
    Arrays.fill(slots, 0);
    size = 0;
    series.clear();
  }

  /// Bytes held in memory, for budgets.
  public long memoryBytes() {
    return 8L * slots.length + 64L * series.size();
  }
}
