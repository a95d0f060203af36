package io.foursight.distributor.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// The series of one tenant whose label bytes are known to be valid, with the label bytes that are
/// canonical for them where those differ, so that a series that comes again costs one comparison.
///
/// ```
/// entry i:  keys[3i]  check of the bytes as sent ([io.foursight.model.SeriesHash#check])   keys[3i + 1], keys[3i + 2]  their 128-bit key
///           lengths[i]  how many bytes              next[i]  entry that followed it last time, or -1
///           rewritten[i]  canonical bytes and key   (only where the sender's are not canonical)
/// slots     open addressing by the high half; entry + 1 in the bits of the mask, bits of the key above; 0 = free;
///           at most half full
/// ```
///
/// A guess compares one candidate by length and 64 keyed bits, a lookup by all 128: a false "known"
/// cannot be steered from outside. Readers take no lock: they see a table that is complete but for
/// the newest entries, and an entry that is not there yet only costs a second validation; an entry
/// is written before its number is published (release) in `slots` or `next`. Additions lock. When
/// `maxEntries` is reached everything is forgotten.
final class KnownSeries {
  static final int NONE = -1;

  /// Bytes of canonical labels kept for each entry allowed: who does not sort has few series.
  private static final int REWRITTEN_BYTES_PER_ENTRY = 16;

  private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);

  /// What stands in the place of label bytes that are valid but not canonical.
  record Rewritten(byte[] labels, long high, long low) {}

  /// One published table. Reads are racy by design (see above).
  static final class Table {
    private final long[] keys;
    private final int[] lengths;
    private final int[] next;
    private final int[] slots;
    private Rewritten[] rewritten = {};
    private long rewrittenBytes;
    private int size;

    Table(int capacity) {
      keys = new long[3 * capacity];
      lengths = new int[capacity];
      next = new int[capacity];
      Arrays.fill(next, NONE);
      slots = new int[Integer.highestOneBit(capacity - 1) * 4];
    }

    private Table(Table old, int capacity) {
      this(capacity);
      size = old.size;
      System.arraycopy(old.keys, 0, keys, 0, 3 * size);
      System.arraycopy(old.lengths, 0, lengths, 0, size);
      System.arraycopy(old.next, 0, next, 0, size);
      rewritten = Arrays.copyOf(old.rewritten, old.rewritten.length == 0 ? 0 : capacity);
      rewrittenBytes = old.rewrittenBytes;
      for (int i = 0; i < size; i++) {
        place(i);
      }
    }

    /// The entry that came after `previous` last time; may be [#NONE].
    int guess(int previous) {
      return previous < 0 ? NONE : (int) INTS.getAcquire(next, previous);
    }

    int length(int entry) {
      return lengths[entry];
    }

    long check(int entry) {
      return keys[3 * entry];
    }

    long high(int entry) {
      return keys[3 * entry + 1];
    }

    long low(int entry) {
      return keys[3 * entry + 2];
    }

    boolean isRewritten(int entry) {
      return entry < rewritten.length && rewritten[entry] != null;
    }

    Rewritten rewritten(int entry) {
      return rewritten[entry];
    }

    int find(long high, long low) {
      int mask = slots.length - 1;
      int tag = (int) (high >>> 32) & ~mask;
      for (int i = (int) high & mask; ; i = i + 1 & mask) {
        int slot = (int) INTS.getAcquire(slots, i);
        if (slot == 0) {
          return NONE;
        }
        if ((slot & ~mask) == tag) {
          int entry = (slot & mask) - 1;
          if (low(entry) == low && high(entry) == high) {
            return entry;
          }
        }
      }
    }

    void link(int previous, int entry) {
      if (previous >= 0) {
        INTS.setRelease(next, previous, entry);
      }
    }

    private void place(int entry) {
      int mask = slots.length - 1;
      int i = (int) high(entry) & mask;
      while (slots[i] != 0) {
        i = i + 1 & mask;
      }
      INTS.setRelease(slots, i, entry + 1 | (int) (high(entry) >>> 32) & ~mask);
    }
  }

  private final int maxEntries;
  private final Runnable onReset;
  private volatile Table table = new Table(64);

  KnownSeries(int maxEntries, Runnable onReset) {
    this.maxEntries = maxEntries;
    this.onReset = onReset;
  }

  Table table() {
    return table;
  }

  /// Remembers a series whose bytes are canonical.
  ///
  /// @return its entry in [#table()] as it is after the call
  synchronized int add(long check, long high, long low, int length) {
    int there = table.find(high, low);
    if (there != NONE) {
      return there;
    }
    Table t = withRoom();
    int entry = fill(t, check, high, low, length);
    t.place(entry);
    return entry;
  }

  /// Remembers a series whose bytes are valid but not canonical.
  ///
  /// @return as [#add]; or none when there are too many of those
  synchronized int addRewritten(long check, long high, long low, int length, Rewritten canonical) {
    int there = table.find(high, low);
    if (there != NONE) {
      return there;
    }
    long bytes = table.rewrittenBytes + canonical.labels.length;
    if (bytes > (long) maxEntries * REWRITTEN_BYTES_PER_ENTRY) {
      return NONE;
    }
    Table t = withRoom();
    if (t.rewritten.length == 0) {
      // Another table: readers of this one may have looked at the field already.
      t = new Table(t, t.next.length);
      t.rewritten = new Rewritten[t.next.length];
      table = t;
    }
    int entry = fill(t, check, high, low, length);
    t.rewritten[entry] = canonical;
    t.rewrittenBytes = bytes;
    t.place(entry);
    return entry;
  }

  private Table withRoom() {
    Table t = table;
    if (t.size >= maxEntries) {
      t = new Table(64);
      table = t;
      onReset.run();
    } else if (t.size == t.next.length) {
      t = new Table(t, (int) Math.min((long) t.size * 2, Math.max(maxEntries, t.size + 1)));
      table = t;
    }
    return t;
  }

  private static int fill(Table t, long check, long high, long low, int length) {
    int entry = t.size++;
    t.keys[3 * entry] = check;
    t.keys[3 * entry + 1] = high;
    t.keys[3 * entry + 2] = low;
    t.lengths[entry] = length;
    return entry;
  }

  /// Forgets everything: the rules of validity changed.
  synchronized void clear() {
    table = new Table(64);
  }

  synchronized int size() {
    return table.size;
  }
}
