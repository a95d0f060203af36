package io.foursight.distributor.metrics;

import java.util.Arrays;

/// The hashes of one tenant's series whose label bytes are known to be valid and canonical, so that
/// a series that comes again costs one comparison.
///
/// ```
/// entry i:  key[i]   low half of the 128-bit series key      next[i]   entry that followed it last time, or -1
/// slots     open addressing by the high half, entry + 1, 0 = free; at most half full
/// ```
///
/// A lookup compares one or two candidates with 64 keyed bits, so a false "known" has a chance of
/// about 2^-63 a lookup and cannot be steered from outside. Readers take no lock: they see a table
/// that is complete but for the newest entries, and an entry that is not there yet only costs a
/// second validation. Additions lock. When `maxEntries` is reached everything is forgotten.
final class KnownSeries {
  static final int NONE = -1;

  /// One published table. Reads are racy by design (see above).
  static final class Table {
    private final long[] key;
    private final int[] next;
    private final int[] slots;
    private int size;

    Table(int capacity) {
      key = new long[capacity];
      next = new int[capacity];
      Arrays.fill(next, NONE);
      slots = new int[Integer.highestOneBit(capacity - 1) * 4];
    }

    private Table(Table old, int capacity) {
      this(capacity);
      System.arraycopy(old.key, 0, key, 0, old.size);
      System.arraycopy(old.next, 0, next, 0, old.size);
    }

    /// The entry that came after `previous` last time; may be [#NONE].
    int guess(int previous) {
      return previous < 0 ? NONE : next[previous];
    }

    boolean is(int entry, long low) {
      return entry >= 0 && key[entry] == low;
    }

    int find(long high, long low) {
      int mask = slots.length - 1;
      for (int i = (int) high & mask; ; i = i + 1 & mask) {
        int entry = slots[i] - 1;
        if (entry < 0) {
          return NONE;
        }
        if (key[entry] == low) {
          return entry;
        }
      }
    }

    void link(int previous, int entry) {
      if (previous >= 0) {
        next[previous] = entry;
      }
    }

    private void place(long high, int entry) {
      int mask = slots.length - 1;
      int i = (int) high & mask;
      while (slots[i] != 0) {
        i = i + 1 & mask;
      }
      slots[i] = entry + 1;
    }
  }

  private final int maxEntries;
  private final Runnable onReset;
  private volatile Table table = new Table(64);
  private long[] highs = new long[64];

  KnownSeries(int maxEntries, Runnable onReset) {
    this.maxEntries = maxEntries;
    this.onReset = onReset;
  }

  Table table() {
    return table;
  }

  /// Remembers a series.
  ///
  /// @return its entry in [#table()] as it is after the call
  synchronized int add(long high, long low) {
    Table t = table;
    int there = t.find(high, low);
    if (there != NONE) {
      return there;
    }
    if (t.size >= maxEntries) {
      t = new Table(64);
      highs = new long[64];
      table = t;
      onReset.run();
    } else if (t.size == t.key.length) {
      int capacity = (int) Math.min((long) t.size * 2, Math.max(maxEntries, t.size + 1));
      var grown = new Table(t, capacity);
      highs = Arrays.copyOf(highs, capacity);
      grown.size = t.size;
      for (int i = 0; i < t.size; i++) {
        grown.place(highs[i], i);
      }
      t = grown;
      table = t;
    }
    int entry = t.size;
    t.key[entry] = low;
    highs[entry] = high;
    t.size = entry + 1;
    t.place(high, entry);
    return entry;
  }

  /// Forgets everything: the rules of validity changed.
  synchronized void clear() {
    table = new Table(64);
    highs = new long[64];
  }

  synchronized int size() {
    return table.size;
  }
}
