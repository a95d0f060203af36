package io.foursight.ingester.metrics;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.SampleColumns;
import java.util.Arrays;

/// Adds samples to the series of a shard, under its write lock: to the staging row, from there to
/// packed blocks; what is older than the staging row goes aside until there is enough of it.
final class ShardAppend {
  private final HeadShard shard;
  private final StagingCodec codec = new StagingCodec();
  private final int[] times = new int[StagingRows.MAX];
  private final long[] values = new long[StagingRows.MAX];
  private final ByteBuilder histogramBytes = new ByteBuilder(256);
  private final SampleColumns lookedUp = new SampleColumns();
  private final SampleReader ownReader = new SampleReader();

  ShardAppend(HeadShard shard) {
    this.shard = shard;
  }

  /// @return [HeadShard#STORED], [HeadShard#SAME] when it was there already, [HeadShard#DIFFERENT]
  ///   when another value was
  int addFloat(int id, int time, long bits, long start, int nowSeconds) {
    long[] r = shard.records.page(id);
    int o = shard.records.at(id);
    int last = (int) r[o + 4];
    long meta = r[o + 6];
    if (time <= last) {
      return addOld(id, time, bits, start, null);
    }
    boolean otherStart = StagingRows.count(meta) > 0 && r[o + 7] != start;
    if (otherStart || !shard.staging.add(r, o, time, bits)) {
      flush(id);
      shard.staging.add(r, o, time, bits);
    }
    r[o + 4] = Math.min(r[o + 4] >>> 32, time) << 32 | time;
    r[o + 5] = bits;
    r[o + 6] =
        (long) nowSeconds << 32
            | r[o + 6] & HeadShard.LOW & ~HeadShard.LAST_IS_HISTOGRAM
            | (start == 0 ? 0 : HeadShard.STARTS);
    r[o + 7] = start;
    span(time);
    return HeadShard.STORED;
  }

  /// As [#addFloat].
  int addHistogram(int id, int time, NativeHistogram histogram, long start, int nowSeconds) {
    long[] r = shard.records.page(id);
    int o = shard.records.at(id);
    if (time <= (int) r[o + 4]) {
      return addOld(id, time, 0, start, histogram);
    }
    if (StagingRows.count(r[o + 6]) > 0) {
      flush(id);
    }
    addHistogramBlock(r, o, time, histogram, start);
    r[o + 4] = Math.min(r[o + 4] >>> 32, time) << 32 | time;
    r[o + 6] =
        (long) nowSeconds << 32
            | r[o + 6] & HeadShard.LOW
            | HeadShard.LAST_IS_HISTOGRAM
            | HeadShard.HISTOGRAMS
            | (start == 0 ? 0 : HeadShard.STARTS);
    span(time);
    return HeadShard.STORED;
  }

  private void span(int time) {
    shard.minTime = Math.min(shard.minTime, time);
    shard.maxTime = Math.max(shard.maxTime, time);
  }

  private int addOld(int id, int time, long bits, long start, NativeHistogram histogram) {
    long[] r = shard.records.page(id);
    int o = shard.records.at(id);
    int staged = StagingRows.count(r[o + 6]);
    if (time == (int) r[o + 4] && histogram == null && staged > 0) {
      return r[o + 5] == bits ? HeadShard.SAME : HeadShard.DIFFERENT;
    }
    shard.staging.copy(r, o, times, values);
    if (staged > 0 && time >= times[0]) {
      int place = Arrays.binarySearch(times, 0, staged, time);
      if (place >= 0) {
        return histogram == null && values[place] == bits ? HeadShard.SAME : HeadShard.DIFFERENT;
      }
      LateSamples others = (r[o + 6] & HeadShard.LATE) == 0 ? null : shard.late.get(id);
      if (histogram == null
          && others == null
          && r[o + 7] == start
          && shard.staging.insert(r, o, ~place, time, bits)) {
        return HeadShard.STORED;
      }
    } else if (packed(id, time)) {
      boolean same =
          histogram == null
              ? !lookedUp.isHistogram(0) && Double.doubleToRawLongBits(lookedUp.value(0)) == bits
              : lookedUp.isHistogram(0) && histogram.equals(lookedUp.histogram(0));
      return same ? HeadShard.SAME : HeadShard.DIFFERENT;
    }
    LateSamples samples = shard.late.computeIfAbsent(id, unused -> new LateSamples());
    long before = samples.size() == 0 ? 0 : samples.bytes();
    int result = samples.add(time, bits, start, histogram);
    if (result == HeadShard.STORED) {
      shard.lateBytes += samples.bytes() - before;
      r[o + 6] |=
          HeadShard.LATE
              | (start == 0 ? 0 : HeadShard.STARTS)
              | (histogram == null ? 0 : HeadShard.HISTOGRAMS);
      r[o + 4] = Math.min(r[o + 4] >>> 32, time) << 32 | r[o + 4] & HeadShard.LOW;
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
    int address = (int) shard.records.page(id)[shard.records.at(id) + 3];
    while (address != 0) {
      byte[] page = shard.chunks.page(address);
      int p = ByteArena.offset(address);
      if (ShardBlock.firstTime(page, p) <= time) {
        ownReader.block(shard, address, lookedUp, time, time);
        return !lookedUp.isEmpty();
      }
      address = ShardBlock.previous(page, p);
    }
    return false;
  }

  private void flush(int id) {
    long[] r = shard.records.page(id);
    int o = shard.records.at(id);
    int n = shard.staging.copy(r, o, times, values);
    int size = codec.encode(times, 0, values, 0, n);
    long start = r[o + 7];
    int address = block(r, o, times[0], n - 1, start, size);
    byte[] page = shard.chunks.page(address);
    System.arraycopy(codec.out, 0, page, ShardBlock.payload(page, ByteArena.offset(address)), size);
    r[o + 6] &= ~StagingRows.STAGED;
  }

  private void addHistogramBlock(long[] r, int o, int time, NativeHistogram histogram, long start) {
    histogramBytes.size(0);
    HistogramBytes.write(histogram, histogramBytes);
    int size = histogramBytes.size();
    int address = block(r, o, time, ShardBlock.HISTOGRAM, start, size);
    byte[] page = shard.chunks.page(address);
    System.arraycopy(
        histogramBytes.array(), 0, page, ShardBlock.payload(page, ByteArena.offset(address)), size);
  }

  private int block(long[] r, int o, int firstTime, int head, long start, int size) {
    int address = shard.chunks.allocate(ShardBlock.headBytes(start) + size);
    int p = ByteArena.offset(address);
    ShardBlock.write(shard.chunks.page(address), p, (int) r[o + 3], firstTime, head, start);
    r[o + 3] = r[o + 3] & ~HeadShard.LOW | address & HeadShard.LOW;
    shard.blocks++;
    return address;
  }

  /// Packs everything of one series anew, in order; the old blocks stay behind as waste.
  private void repack(int id) {
    var all = new SampleColumns();
    ownReader.read(shard, id, Long.MIN_VALUE, Long.MAX_VALUE, all);
    long[] r = shard.records.page(id);
    int o = shard.records.at(id);
    shard.lateBytes -= shard.late.remove(id).bytes();
    long meta = r[o + 6] & ~(StagingRows.STAGED | HeadShard.LATE);
    int seconds = (int) (meta >>> 32);
    r[o + 3] &= ~HeadShard.LOW;
    r[o + 4] = (long) Integer.MAX_VALUE << 32 | HeadShard.LOW;
    r[o + 6] = meta;
    for (int i = 0; i < all.size(); i++) {
      int time = (int) (all.timestamp(i) - shard.base);
      if (all.isHistogram(i)) {
        addHistogram(id, time, all.histogram(i), all.startTimestamp(i), seconds);
      } else {
        long bits = Double.doubleToRawLongBits(all.value(i));
        addFloat(id, time, bits, all.startTimestamp(i), seconds);
      }
    }
  }
}
