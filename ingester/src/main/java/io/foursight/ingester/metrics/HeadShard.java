package io.foursight.ingester.metrics;

import io.foursight.model.metrics.LabelBytes;
import io.foursight.model.metrics.MergingSeriesCursor;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesHash;
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
/// record  0 hash high   1 hash low   2 label address | ref   3 next series guess + 1 | newest block
///         4 first time | last time   5 bits of the last float   6 wall seconds of the last append | flags | staged
///         7 start timestamp of the staged samples
/// labels  uvarint n, (uvarint name symbol, uvarint value symbol) * n
/// block   previous i32, first time i32, head u8 (n - 1 | 0x10 histogram | 0x20 start), [start i64], packed row or histogram
/// ```
///
/// Times are milliseconds after the start of the range. Everything here is done while holding
/// [#lock] (write for changes); [#series] and the arenas' pages may be read later without.
final class HeadShard {
  static final int STORED = 0;
  static final int SAME = 1;
  static final int DIFFERENT = 2;

  private static final int RECORD = 8;
  private static final long STAGED = 0xff;
  private static final long LAST_IS_HISTOGRAM = 0x100;
  private static final long LATE = 0x200;
  private static final long STARTS = 0x400;
  private static final long HISTOGRAMS = 0x800;
  private static final int BLOCK_HISTOGRAM = 0x10;
  private static final int BLOCK_START = 0x20;
  private static final long LOW = 0xffffffffL;

  final StampedLock lock = new StampedLock();
  final long base;
  private final SeriesHash hash;
  private final LongPages records = new LongPages(RECORD);
  private final LongPages stagedBits = new LongPages(StagingCodec.MAX);
  private final IntPages stagedTimes = new IntPages(StagingCodec.MAX);
  private final ByteArena texts = new ByteArena();
  private final ByteArena chunks = new ByteArena();
  private final SymbolTable symbols;
  private final StagingCodec codec = new StagingCodec();
  private final ByteBuilder histogramBytes = new ByteBuilder(256);
  private final LabelBytes.Reader labelReader = new LabelBytes.Reader();
  private final Map<Integer, LateSamples> late = new HashMap<>();
  private final SampleColumns lookedUp = new SampleColumns();
  private final SampleReader ownReader = new SampleReader();

  /// Records with definitions that are not known to be durable yet: whoever writes samples of this
  /// shard waits for them as well.
  final List<Wal.Pending> definitions = new ArrayList<>();

  private byte[] labelScratch = new byte[256];
  private int[] table = new int[16];
  private int[] labelAddresses = new int[4];
  private int count;
  private long blocks;
  private long lateBytes;
  private int minTime = Integer.MAX_VALUE;
  private int maxTime = -1;
  private boolean sealed;

  HeadShard(long base, SeriesHash hash) {
    this.base = base;
    this.hash = hash;
    this.symbols = new SymbolTable(hash, texts);
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
    for (int at = (int) low & mask; ; at = at + 1 & mask) {
      int id = table[at] - 1;
      if (id < 0) {
        return -1;
      }
      long[] r = records.page(id);
      int o = records.at(id);
      if (r[o] == high && r[o + 1] == low) {
        return id;
      }
    }
  }

  /// Adds a series that is not there.
  int create(long high, long low, int ref, byte[] labels, int offset, int length) {
    int address = internLabels(labels, offset, length);
    records.addRow();
    stagedBits.addRow();
    stagedTimes.addRow();
    int id = count;
    if (id == labelAddresses.length) {
      labelAddresses = Arrays.copyOf(labelAddresses, id < 1024 ? id * 2 : id + (id >> 1));
    }
    labelAddresses[id] = address;
    long[] r = records.page(id);
    int o = records.at(id);
    r[o] = high;
    r[o + 1] = low;
    r[o + 2] = ref;
    r[o + 4] = (long) Integer.MAX_VALUE << 32 | LOW;
    if ((id + 1) * 3L > table.length * 2L) {
      growTable();
    }
    int mask = table.length - 1;
    int at = (int) low & mask;
    while (table[at] != 0) {
      at = at + 1 & mask;
    }
    table[at] = id + 1;
    count++;
    return id;
  }

  private int internLabels(byte[] labels, int offset, int length) {
    if (labelScratch.length < length + 16) {
      labelScratch = new byte[length * 2 + 16];
    }
    int n = 0;
    int p = 0;
    labelReader.reset(labels, offset, length);
    while (labelReader.next()) {
      int name = symbols.intern(labels, labelReader.nameOffset(), labelReader.nameLength());
      int value = symbols.intern(labels, labelReader.valueOffset(), labelReader.valueLength());
      if (labelScratch.length - p < 12) {
        labelScratch = Arrays.copyOf(labelScratch, labelScratch.length * 2);
      }
      p = Varint.put(labelScratch, p, name);
      p = Varint.put(labelScratch, p, value);
      n++;
    }
    int address = texts.allocate(Varint.size(n) + p);
    byte[] page = texts.page(address);
    int q = Varint.put(page, ByteArena.offset(address), n);
    System.arraycopy(labelScratch, 0, page, q, p);
    return address;
  }

  private void growTable() {
    int[] bigger = new int[table.length * 2];
    int mask = bigger.length - 1;
    for (int id = 0; id < count; id++) {
      int at = (int) records.page(id)[records.at(id) + 1] & mask;
      while (bigger[at] != 0) {
        at = at + 1 & mask;
      }
      bigger[at] = id + 1;
    }
    table = bigger;
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

  // ---- appending ----

  /// @return [#STORED], [#SAME] when it was there already, [#DIFFERENT] when another value was
  int appendFloat(int id, int time, long bits, long start, int nowSeconds) {
    long[] r = records.page(id);
    int o = records.at(id);
    int last = (int) r[o + 4];
    long meta = r[o + 6];
    if (time <= last) {
      return appendOld(id, time, bits, start, null);
    }
    int staged = (int) (meta & STAGED);
    if (staged > 0 && (staged == StagingCodec.MAX || r[o + 7] != start)) {
      flush(id);
      staged = 0;
    }
    stagedBits.page(id)[stagedBits.at(id) + staged] = bits;
    stagedTimes.page(id)[stagedTimes.at(id) + staged] = time;
    r[o + 4] = Math.min(r[o + 4] >>> 32, time) << 32 | time;
    r[o + 5] = bits;
    r[o + 6] =
        (long) nowSeconds << 32
            | meta & LOW & ~(STAGED | LAST_IS_HISTOGRAM)
            | staged + 1
            | (start == 0 ? 0 : STARTS);
    r[o + 7] = start;
    span(time);
    return STORED;
  }

  /// As [#appendFloat].
  int appendHistogram(int id, int time, NativeHistogram histogram, long start, int nowSeconds) {
    long[] r = records.page(id);
    int o = records.at(id);
    if (time <= (int) r[o + 4]) {
      return appendOld(id, time, 0, start, histogram);
    }
    if ((r[o + 6] & STAGED) > 0) {
      flush(id);
    }
    addHistogramBlock(r, o, time, histogram, start);
    r[o + 4] = Math.min(r[o + 4] >>> 32, time) << 32 | time;
    r[o + 6] =
        (long) nowSeconds << 32
            | r[o + 6] & LOW
            | LAST_IS_HISTOGRAM
            | HISTOGRAMS
            | (start == 0 ? 0 : STARTS);
    span(time);
    return STORED;
  }

  private void span(int time) {
    minTime = Math.min(minTime, time);
    maxTime = Math.max(maxTime, time);
  }

  private int appendOld(int id, int time, long bits, long start, NativeHistogram histogram) {
    long[] r = records.page(id);
    int o = records.at(id);
    int staged = (int) (r[o + 6] & STAGED);
    if (time == (int) r[o + 4] && histogram == null && staged > 0) {
      return r[o + 5] == bits ? SAME : DIFFERENT;
    }
    int[] times = stagedTimes.page(id);
    int at = stagedTimes.at(id);
    if (staged > 0 && time >= times[at]) {
      int place = Arrays.binarySearch(times, at, at + staged, time);
      long[] values = stagedBits.page(id);
      int valuesAt = stagedBits.at(id);
      if (place >= 0) {
        return histogram == null && values[valuesAt + place - at] == bits ? SAME : DIFFERENT;
      }
      LateSamples others = (r[o + 6] & LATE) == 0 ? null : late.get(id);
      if (histogram == null && others == null && staged < StagingCodec.MAX && r[o + 7] == start) {
        int i = ~place - at;
        System.arraycopy(times, at + i, times, at + i + 1, staged - i);
        System.arraycopy(values, valuesAt + i, values, valuesAt + i + 1, staged - i);
        times[at + i] = time;
        values[valuesAt + i] = bits;
        r[o + 6]++;
        return STORED;
      }
    } else if (packed(id, time)) {
      boolean same =
          histogram == null
              ? !lookedUp.isHistogram(0) && Double.doubleToRawLongBits(lookedUp.value(0)) == bits
              : lookedUp.isHistogram(0) && histogram.equals(lookedUp.histogram(0));
      return same ? SAME : DIFFERENT;
    }
    LateSamples samples = late.computeIfAbsent(id, unused -> new LateSamples());
    long before = samples.size() == 0 ? 0 : samples.bytes();
    int result = samples.add(time, bits, start, histogram);
    if (result == STORED) {
      lateBytes += samples.bytes() - before;
      r[o + 6] |= LATE | (start == 0 ? 0 : STARTS) | (histogram == null ? 0 : HISTOGRAMS);
      r[o + 4] = Math.min(r[o + 4] >>> 32, time) << 32 | r[o + 4] & LOW;
      span(time);
      if (samples.size() >= LateSamples.MAX) {
        repack(id);
      }
    }
    return result;
  }

  /// Whether a packed block holds a sample of exactly this time; it is then the one row of
  /// [#lookedUp].
  private boolean packed(int id, int time) {
    int address = (int) records.page(id)[records.at(id) + 3];
    while (address != 0) {
      byte[] page = chunks.page(address);
      int p = ByteArena.offset(address);
      if (intAt(page, p + 4) <= time) {
        ownReader.block(this, address, lookedUp, time, time);
        return !lookedUp.isEmpty();
      }
      address = intAt(page, p);
    }
    return false;
  }

  private void flush(int id) {
    long[] r = records.page(id);
    int o = records.at(id);
    int n = (int) (r[o + 6] & STAGED);
    int[] times = stagedTimes.page(id);
    int at = stagedTimes.at(id);
    int size = codec.encode(times, at, stagedBits.page(id), stagedBits.at(id), n);
    long start = r[o + 7];
    int address = block(r, o, times[at], n - 1, start, size);
    byte[] page = chunks.page(address);
    System.arraycopy(codec.out, 0, page, payload(page, ByteArena.offset(address)), size);
    r[o + 6] &= ~STAGED;
  }

  private void addHistogramBlock(long[] r, int o, int time, NativeHistogram histogram, long start) {
    histogramBytes.size(0);
    HistogramBytes.write(histogram, histogramBytes);
    int size = histogramBytes.size();
    int address = block(r, o, time, BLOCK_HISTOGRAM, start, size);
    byte[] page = chunks.page(address);
    System.arraycopy(
        histogramBytes.array(), 0, page, payload(page, ByteArena.offset(address)), size);
  }

  private int block(long[] r, int o, int firstTime, int head, long start, int size) {
    int address = chunks.allocate(9 + (start == 0 ? 0 : 8) + size);
    byte[] page = chunks.page(address);
    int p = ByteArena.offset(address);
    putInt(page, p, (int) r[o + 3]);
    putInt(page, p + 4, firstTime);
    page[p + 8] = (byte) (head | (start == 0 ? 0 : BLOCK_START));
    if (start != 0) {
      putInt(page, p + 9, (int) (start >>> 32));
      putInt(page, p + 13, (int) start);
    }
    r[o + 3] = r[o + 3] & ~LOW | address & LOW;
    blocks++;
    return address;
  }

  private static int payload(byte[] page, int p) {
    return (page[p + 8] & BLOCK_START) == 0 ? p + 9 : p + 17;
  }

  /// Packs everything of one series anew, in order; the old blocks stay behind as waste.
  private void repack(int id) {
    var all = new SampleColumns();
    ownReader.read(this, id, Long.MIN_VALUE, Long.MAX_VALUE, all);
    long[] r = records.page(id);
    int o = records.at(id);
    lateBytes -= late.remove(id).bytes();
    long meta = r[o + 6] & ~(STAGED | LATE);
    int seconds = (int) (meta >>> 32);
    r[o + 3] &= ~LOW;
    r[o + 4] = (long) Integer.MAX_VALUE << 32 | LOW;
    r[o + 6] = meta;
    for (int i = 0; i < all.size(); i++) {
      int time = (int) (all.timestamp(i) - base);
      if (all.isHistogram(i)) {
        appendHistogram(id, time, all.histogram(i), all.startTimestamp(i), seconds);
      } else {
        long bits = Double.doubleToRawLongBits(all.value(i));
        appendFloat(id, time, bits, all.startTimestamp(i), seconds);
      }
    }
  }

  // ---- reading, under the read lock ----

  /// Reads samples. Owned by one thread.
  static final class SampleReader {
    private final StagingCodec.Decoder decoder = new StagingCodec.Decoder();
    private final Varint.Cursor in = new Varint.Cursor();
    private final SampleColumns inOrder = new SampleColumns();
    private final SampleColumns lateOnes = new SampleColumns();
    private final long[] times = new long[StagingCodec.MAX];
    private final double[] values = new double[StagingCodec.MAX];
    private int[] addresses = new int[64];

    /// The samples of a series inside `from..to` (Unix milliseconds, inclusive), replacing the rows
    /// of `into`.
    void read(HeadShard s, int id, long from, long to, SampleColumns into) {
      into.clear();
      long[] r = s.records.page(id);
      int o = s.records.at(id);
      long meta = r[o + 6];
      int lo = s.offset(from);
      int hi = s.offset(to);
      if (lo > hi || (int) r[o + 4] < lo || (int) (r[o + 4] >>> 32) > hi) {
        return;
      }
      boolean hasLate = (meta & LATE) != 0;
      SampleColumns out = hasLate ? inOrder : into;
      out.clear();
      int n = 0;
      int address = (int) r[o + 3];
      int following = Integer.MAX_VALUE;
      while (address != 0) {
        byte[] page = s.chunks.page(address);
        int p = ByteArena.offset(address);
        int first = intAt(page, p + 4);
        if (first <= hi) {
          if (n == addresses.length) {
            addresses = Arrays.copyOf(addresses, n * 2);
          }
          addresses[n++] = address;
        }
        following = first;
        if (following <= lo) {
          break;
        }
        address = intAt(page, p);
      }
      boolean plain = (meta & (STARTS | HISTOGRAMS)) == 0;
      if (plain) {
        out.reserve((n + 1) * StagingCodec.MAX);
      }
      for (int i = n - 1; i >= 0; i--) {
        if (plain && i > 0 && i < n - 1) {
          whole(s, addresses[i], out);
        } else {
          blockInto(s, addresses[i], out, lo, hi);
        }
      }
      int staged = (int) (meta & STAGED);
      int[] stagedTimes = s.stagedTimes.page(id);
      long[] bits = s.stagedBits.page(id);
      int at = s.stagedTimes.at(id);
      int bitsAt = s.stagedBits.at(id);
      for (int i = 0; i < staged; i++) {
        int t = stagedTimes[at + i];
        if (t >= lo && t <= hi) {
          out.add(s.base + t, r[o + 7], Double.longBitsToDouble(bits[bitsAt + i]));
        }
      }
      if (hasLate) {
        lateOnes.clear();
        s.late.get(id).into(lateOnes, s.base, lo, hi);
        MergingSeriesCursor.mergeSamples(inOrder, lateOnes, into);
      }
    }

    private void block(HeadShard s, int address, SampleColumns out, int lo, int hi) {
      out.clear();
      blockInto(s, address, out, lo, hi);
    }

    /// A block of floats without start timestamps that lies inside the range as a whole.
    private void whole(HeadShard s, int address, SampleColumns out) {
      byte[] page = s.chunks.page(address);
      int p = ByteArena.offset(address);
      int n = (page[p + 8] & 0xf) + 1;
      long first = s.base + intAt(page, p + 4);
      decoder.decode(page, p + 9, n, first, out.timestamps(), out.values(), out.size());
      out.setSize(out.size() + n);
    }

    private void blockInto(HeadShard s, int address, SampleColumns out, int lo, int hi) {
      byte[] page = s.chunks.page(address);
      int p = ByteArena.offset(address);
      int head = page[p + 8];
      long start =
          (head & BLOCK_START) == 0
              ? 0
              : (long) intAt(page, p + 9) << 32 | intAt(page, p + 13) & LOW;
      int firstTime = intAt(page, p + 4);
      if ((head & BLOCK_HISTOGRAM) != 0) {
        if (firstTime >= lo && firstTime <= hi) {
          in.at(page, payload(page, p), page.length);
          out.add(s.base + firstTime, start, HistogramBytes.read(in));
        }
        return;
      }
      int n = (head & 0xf) + 1;
      // Relative times: the range may lie at either end of what a long can hold.
      decoder.decode(page, payload(page, p), n, firstTime, times, values, 0);
      for (int i = 0; i < n; i++) {
        if (times[i] >= lo && times[i] <= hi) {
          out.add(s.base + times[i], start, values[i]);
        }
      }
    }

    /// The newest packed histogram of a series whose last sample is one.
    NativeHistogram lastHistogram(HeadShard s, int id) {
      int address = (int) s.records.page(id)[s.records.at(id) + 3];
      byte[] page = s.chunks.page(address);
      return HistogramBytes.read(
          in.at(page, payload(page, ByteArena.offset(address)), page.length));
    }
  }

  /// Unix milliseconds as a time of this range, clamped to just outside of it.
  private int offset(long millis) {
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
        + stagedBits.bytes()
        + stagedTimes.bytes()
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

  private static int intAt(byte[] page, int p) {
    return (page[p] & 0xff) << 24
        | (page[p + 1] & 0xff) << 16
        | (page[p + 2] & 0xff) << 8
        | page[p + 3] & 0xff;
  }

  private static void putInt(byte[] page, int p, int v) {
    page[p] = (byte) (v >>> 24);
    page[p + 1] = (byte) (v >>> 16);
    page[p + 2] = (byte) (v >>> 8);
    page[p + 3] = (byte) v;
  }
}
