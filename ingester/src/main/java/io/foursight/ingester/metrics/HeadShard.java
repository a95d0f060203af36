package io.foursight.ingester.metrics;

import io.foursight.model.SeriesHash;
import io.foursight.storage.wal.Wal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.StampedLock;

/// The series of one range whose hash falls here, numbered from 0 in order of arrival, and their
/// samples. No object per series: flat records, staging rows of 16 samples, and packed blocks in an
/// arena, chained from the newest to the oldest.
///
/// ```
/// record  0 hash high   1 hash low   2 staged values | ref   3 next series guess + 1 | newest block
///         4 first time | last time   5 bits of the last float   6 wall seconds of the last append | flags | staged
///         7 start timestamp of the staged samples
/// labels  uvarint n, (uvarint name symbol, uvarint value symbol) * n
/// block   [ShardBlock]
/// ```
///
/// Times are milliseconds after the start of the range. Everything here is done while holding
/// [#lock] (write for changes); [#series] and the arenas' pages may be read later without.
final class HeadShard {
  static final int STORED = 0;
  static final int SAME = 1;
  static final int DIFFERENT = 2;

  private static final int RECORD = 8;
  static final long LAST_IS_HISTOGRAM = 0x100;
  static final long LATE = 0x200;
  static final long STARTS = 0x400;
  static final long HISTOGRAMS = 0x800;
  static final long LOW = 0xffffffffL;

  final StampedLock lock = new StampedLock();
  final long base;
  private final SeriesHash hash;
  final LongPages records = new LongPages(RECORD);
  final StagingRows staging = new StagingRows();
  private final ByteArena texts = new ByteArena();
  final ByteArena chunks = new ByteArena();
  private final SymbolTable symbols;
  private final LabelInterner labels;
  final Map<Integer, LateSamples> late = new HashMap<>();

  /// Records with definitions that are not known to be durable yet: whoever writes samples of this
  /// shard waits for them as well.
  final List<Wal.Pending> definitions = new ArrayList<>();

  /// Open addressing by the low half of the key, at most two thirds full. A slot has an id + 1 in
  /// the bits of the mask and bits of the key above them, so that most others' records are not
  /// touched; 0 = free.
  private int[] table = new int[16];

  private int[] labelAddresses = new int[4];
  private int count;
  long blocks;
  long lateBytes;
  int minTime = Integer.MAX_VALUE;
  int maxTime = -1;
  private boolean sealed;

  /// Adds samples; under the write lock.
  final ShardAppend append = new ShardAppend(this);

  HeadShard(long base, SeriesHash hash) {
    this.base = base;
    this.hash = hash;
    this.symbols = new SymbolTable(hash, texts);
    this.labels = new LabelInterner(symbols, texts);
  }

  // ---- series ----

  /// The id of the series with this key, or -1. `guess` is tried first.
  int find(long high, long low, int guess) {
    if (guess >= 0 && guess < count) {
      long[] r = records.page(guess);
      int o = records.at(guess);
      if (r[o] == high && r[o + 1] == low) {
        return guess;
      }
    }
    int mask = table.length - 1;
    int tag = (int) (low >>> 32) & ~mask;
    for (int at = (int) low & mask; ; at = at + 1 & mask) {
      int slot = table[at];
      if (slot == 0) {
        return -1;
      }
      if ((slot & ~mask) == tag) {
        int id = (slot & mask) - 1;
        long[] r = records.page(id);
        int o = records.at(id);
        if (r[o] == high && r[o + 1] == low) {
          return id;
        }
      }
    }
  }

  /// Adds a series that is not there.
  int create(long high, long low, int ref, byte[] labelBytes, int offset, int length) {
    int address = labels.intern(labelBytes, offset, length);
    records.addRow();
    int id = count;
    if (id == labelAddresses.length) {
      labelAddresses = Arrays.copyOf(labelAddresses, id < 1024 ? id * 2 : id + (id >> 1));
    }
    labelAddresses[id] = address;
    long[] r = records.page(id);
    int o = records.at(id);
    r[o] = high;
    r[o + 1] = low;
    r[o + 2] = ref & LOW;
    r[o + 4] = (long) Integer.MAX_VALUE << 32 | LOW;
    if ((id + 1) * 3L > table.length * 2L) {
      growTable();
    }
    place(table, low, id);
    count++;
    return id;
  }

  private static void place(int[] table, long low, int id) {
    int mask = table.length - 1;
    int at = (int) low & mask;
    while (table[at] != 0) {
      at = at + 1 & mask;
    }
    table[at] = id + 1 | (int) (low >>> 32) & ~mask;
  }

  private void growTable() {
    int[] bigger = new int[table.length * 2];
    for (int id = 0; id < count; id++) {
      place(bigger, records.page(id)[records.at(id) + 1], id);
    }
    table = bigger;
  }

  /// The hash of a series' labels, as two longs.
  void key(int id, long[] into, int at) {
    System.arraycopy(records.page(id), records.at(id), into, at, 2);
  }

  /// The low half of its key.
  long low(int id) {
    return records.page(id)[records.at(id) + 1];
  }

  int ref(int id) {
    return (int) records.page(id)[records.at(id) + 2];
  }

  /// The series that followed this one the last time, or -1.
  int next(int id) {
    return (int) (records.page(id)[records.at(id) + 3] >>> 32) - 1;
  }

  void next(int id, int following) {
    long[] r = records.page(id);
    int o = records.at(id);
    if ((int) (r[o + 3] >>> 32) != following + 1) {
      r[o + 3] = (long) (following + 1) << 32 | r[o + 3] & LOW;
    }
  }

  /// Unix milliseconds as a time of this range, clamped to just outside of it.
  int offset(long millis) {
    if (millis < base) {
      return -1;
    }
    long d = millis - base;
    return d < 0 || d >= HeadRange.DURATION_MILLIS ? (int) HeadRange.DURATION_MILLIS : (int) d;
  }

  /// Whether the series has a sample between its first and its last that may lie in the range.
  boolean overlaps(int id, long from, long to) {
    long t = records.page(id)[records.at(id) + 4];
    int last = (int) t;
    int first = (int) (t >>> 32);
    return first != Integer.MAX_VALUE && first <= offset(to) && last >= offset(from);
  }

  boolean lastIsHistogram(int id) {
    return (records.page(id)[records.at(id) + 6] & LAST_IS_HISTOGRAM) != 0;
  }

  int lastAppendSeconds(int id) {
    return (int) (records.page(id)[records.at(id) + 6] >>> 32);
  }

  /// The series and symbols known now, for reading without the lock.
  ShardSeries series() {
    return new ShardSeries(symbols.snapshot(), texts.pages(), labelAddresses, count);
  }

  int symbol(String text) {
    return symbols.find(text);
  }

  int count() {
    return count;
  }

  boolean isSealed() {
    return sealed;
  }

  void seal() {
    sealed = true;
  }

  /// Packed blocks and open staging rows.
  long chunkCount() {
    return blocks + count;
  }

  /// Oldest sample, `Long.MAX_VALUE` when there is none.
  long minTimeMillis() {
    return maxTime < 0 ? Long.MAX_VALUE : base + minTime;
  }

  long maxTimeMillis() {
    return maxTime < 0 ? Long.MIN_VALUE : base + maxTime;
  }

  long bytes() {
    return records.bytes()
        + staging.bytes()
        + texts.bytes()
        + chunks.bytes()
        + symbols.bytes()
        + 4L * table.length
        + 4L * labelAddresses.length
        + lateBytes
        + 800;
  }

  SeriesHash hash() {
    return hash;
  }
}
