package io.foursight.ingester.metrics;

import io.foursight.model.metrics.MergingSeriesCursor;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.SampleColumns;
import java.util.Arrays;

/// Reads the samples of a shard's series, under its read lock. Owned by one thread.
final class SampleReader {
  private final StagingCodec.Decoder decoder;
  private final ByteCursor in = new ByteCursor();
  private final SampleColumns inOrder = new SampleColumns();
  private final SampleColumns lateOnes = new SampleColumns();
  private final long[] times = new long[StagingCodec.MAX];
  private final double[] values = new double[StagingCodec.MAX];
  private final int[] stagedTimes = new int[StagingRows.MAX];
  private final long[] stagedBits = new long[StagingRows.MAX];
  private int[] addresses = new int[64];

  SampleReader() {
    this(false);
  }

  /// @param presenceOnly whether values matter only as far as they are stale markers
  SampleReader(boolean presenceOnly) {
    decoder = new StagingCodec.Decoder(presenceOnly);
  }

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
    boolean hasLate = (meta & HeadShard.LATE) != 0;
    SampleColumns out = hasLate ? inOrder : into;
    out.clear();
    int n = 0;
    int address = (int) r[o + 3];
    int following = Integer.MAX_VALUE;
    while (address != 0) {
      byte[] page = s.chunks.page(address);
      int p = ByteArena.offset(address);
      int first = ShardBlock.firstTime(page, p);
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
      address = ShardBlock.previous(page, p);
    }
    if ((meta & (HeadShard.STARTS | HeadShard.HISTOGRAMS)) == 0) {
      floats(s, id, n, from, to, out);
    } else {
      for (int i = n - 1; i >= 0; i--) {
        blockInto(s, addresses[i], out, lo, hi);
      }
      staged(s, id, lo, hi, out);
    }
    if (hasLate) {
      lateOnes.clear();
      s.late.get(id).into(lateOnes, s.base, lo, hi);
      MergingSeriesCursor.mergeSamples(inOrder, lateOnes, into);
    }
  }

  /// Floats without start timestamps: whole blocks and all staged rows go straight into the
  /// columns, and what lies outside of the range is cut off at both ends.
  private void floats(HeadShard s, int id, int blocks, long from, long to, SampleColumns out) {
    int staged = s.staging.copy(s.records.page(id), s.records.at(id), stagedTimes, stagedBits);
    int most = blocks * StagingCodec.MAX + staged;
    out.reserve(most);
    long[] columnTimes = out.timestamps();
    double[] columnValues = out.values();
    int rows = 0;
    for (int i = blocks - 1; i >= 0; i--) {
      byte[] page = s.chunks.page(addresses[i]);
      int p = ByteArena.offset(addresses[i]);
      int n = ShardBlock.size(page, p);
      long first = s.base + ShardBlock.firstTime(page, p);
      decoder.decode(page, ShardBlock.payload(page, p), n, first, columnTimes, columnValues, rows);
      rows += n;
    }
    for (int i = 0; i < staged; i++) {
      columnTimes[rows + i] = s.base + stagedTimes[i];
      columnValues[rows + i] = Double.longBitsToDouble(stagedBits[i]);
    }
    rows += staged;
    out.setSize(rows);
    if (rows > 0 && (columnTimes[0] < from || columnTimes[rows - 1] > to)) {
      int last = to == Long.MAX_VALUE ? rows : out.rowsBefore(to + 1);
      out.keep(Math.min(out.rowsBefore(from), last), last);
    }
  }

  private void staged(HeadShard s, int id, int lo, int hi, SampleColumns out) {
    long[] r = s.records.page(id);
    int o = s.records.at(id);
    int n = s.staging.copy(r, o, stagedTimes, stagedBits);
    for (int i = 0; i < n; i++) {
      int t = stagedTimes[i];
      if (t >= lo && t <= hi) {
        out.add(s.base + t, r[o + 7], Double.longBitsToDouble(stagedBits[i]));
      }
    }
  }

  void block(HeadShard s, int address, SampleColumns out, int lo, int hi) {
    out.clear();
    blockInto(s, address, out, lo, hi);
  }

  private void blockInto(HeadShard s, int address, SampleColumns out, int lo, int hi) {
    byte[] page = s.chunks.page(address);
    int p = ByteArena.offset(address);
    long start = ShardBlock.start(page, p);
    int firstTime = ShardBlock.firstTime(page, p);
    if (ShardBlock.isHistogram(page, p)) {
      if (firstTime >= lo && firstTime <= hi) {
        in.at(page, ShardBlock.payload(page, p), page.length);
        out.add(s.base + firstTime, start, HistogramBytes.read(in));
      }
      return;
    }
    int n = ShardBlock.size(page, p);
    // Relative times: the range may lie at either end of what a long can hold.
    decoder.decode(page, ShardBlock.payload(page, p), n, firstTime, times, values, 0);
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
        in.at(page, ShardBlock.payload(page, ByteArena.offset(address)), page.length));
  }
}
