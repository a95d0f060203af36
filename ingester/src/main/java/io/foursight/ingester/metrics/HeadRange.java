package io.foursight.ingester.metrics;

import io.foursight.ingester.HeadPiece;
import io.foursight.model.SeriesHash;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.LabelBytes;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.NativeHistogram;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Two hours of one tenant, aligned to the epoch: everything that becomes one block, under the id
/// that the block will have. Takes rows until it is sealed; then a later sample for the same two
/// hours opens another range. Each row's series is named in the log by a `ref`, dense and unique in
/// the range, whose definition precedes it in the log; so the range lives or goes as a whole, with
/// its part of the log.
final class HeadRange extends HeadPiece {
  static final long DURATION_MILLIS = 7_200_000;

  private final long baseMillis;
  private final HeadShard[] shards;
  private final ShardIndex[] indexes;
  private final HeadExemplars exemplars = new HeadExemplars();
  private final AtomicInteger refs = new AtomicInteger();
  private final AtomicInteger seriesCount = new AtomicInteger();
  private final AtomicLong bytes;
  private final AtomicLong ownBytes = new AtomicLong();
  private volatile boolean sealed;

  /// @param firstSegment no record of this range lies before it
  /// @param headBytes the memory of all heads, kept up to date
  HeadRange(
      String blockId,
      long bucket,
      int shardCount,
      SeriesHash hash,
      long firstSegment,
      long nowMillis,
      AtomicLong headBytes) {
    super(blockId, bucket, firstSegment, nowMillis);
    this.baseMillis = bucket * DURATION_MILLIS;
    this.bytes = headBytes;
    shards = new HeadShard[shardCount];
    indexes = new ShardIndex[shardCount];
    long total = 0;
    for (int i = 0; i < shardCount; i++) {
      shards[i] = new HeadShard(baseMillis, hash);
      indexes[i] = new ShardIndex();
      total += shards[i].bytes();
    }
    account(total);
  }

  private void account(long change) {
    ownBytes.addAndGet(change);
    bytes.addAndGet(change);
  }

  /// The arrays go with the last reader.
  @Override
  public void release() {
    bytes.addAndGet(-ownBytes.getAndSet(0));
  }

  /// Appends one group of runs. The record that makes them durable is submitted before the lock is
  /// let go, so that the log has them in the order of the memory.
  ///
  /// @return false when the range is sealed; nothing was done
  boolean append(WriteScratch scratch, MetricsBatch batch, int bucketIndex, int shardIndex) {
    BatchRuns runs = scratch.runs;
    int start = runs.start(bucketIndex, shardIndex);
    int end = runs.end(bucketIndex, shardIndex);
    HeadShard shard = shards[shardIndex];
    long stamp = shard.lock.writeLock();
    try {
      if (shard.isSealed()) {
        return false;
      }
      long before = shard.bytes();
      HeadRecords.RowWriter record = scratch.record;
      record.begin(blockIdBytes(), bucket());
      try {
        int previous = -1;
        for (int i = start; i < end; i++) {
          previous = appendRun(scratch, batch, shard, runs.run(i), previous);
        }
        if (!batch.exemplars().isEmpty()) {
          appendExemplars(scratch, batch, shardIndex);
        }
      } finally {
        if (record.hasRows()) {
          scratch.submit(record, this, shard);
        }
        account(shard.bytes() - before);
      }
    } finally {
      shard.lock.unlockWrite(stamp);
    }
    appended(scratch.nowMillis);
    return true;
  }

  private int appendRun(
      WriteScratch scratch, MetricsBatch batch, HeadShard shard, int run, int previous) {
    BatchRuns runs = scratch.runs;
    HeadRecords.RowWriter record = scratch.record;
    int series = runs.series(run);
    int first = runs.firstRow(run);
    int last = runs.endRow(run);
    int guess = previous < 0 ? -1 : shard.next(previous);
    int id = shard.find(batch.hashHigh()[series], batch.hashLow()[series], guess);
    if (id < 0) {
      id = create(scratch, batch, shard, series, last - first);
      if (id < 0) {
        return previous;
      }
    }
    if (previous >= 0 && id != guess) {
      shard.next(previous, id);
    }
    int ref = shard.ref(id);
    if (runs.isHistogram(run)) {
      for (int row = first; row < last; row++) {
        appendHistogram(scratch, batch, shard, id, ref, series, row);
      }
      return id;
    }
    long[] timestamps = batch.timestamps();
    double[] values = batch.values();
    for (int row = first; row < last; row++) {
      long t = timestamps[row];
      if (t < scratch.oldestMillis) {
        scratch.outcome.tooOld(batch, series, t, scratch.window());
        continue;
      }
      int time = (int) (t - baseMillis);
      long bits = Double.doubleToRawLongBits(values[row]);
      long startTimestamp = batch.startTimestamp(row);
      int done = shard.append.addFloat(id, time, bits, startTimestamp, scratch.nowSeconds);
      if (done == HeadShard.DIFFERENT) {
        scratch.outcome.duplicate(batch, series, t);
      } else {
        // What was there already is logged again: its first writer may still wait for the log.
        record.sample(ref, time, baseMillis, startTimestamp, bits);
        scratch.outcome.samples++;
      }
    }
    return id;
  }

  private void appendHistogram(
      WriteScratch scratch,
      MetricsBatch batch,
      HeadShard shard,
      int id,
      int ref,
      int series,
      int row) {
    long t = batch.histogramTimestamp(row);
    if (t < scratch.oldestMillis) {
      scratch.outcome.tooOld(batch, series, t, scratch.window());
      return;
    }
    int time = (int) (t - baseMillis);
    NativeHistogram histogram = batch.histogram(row);
    long startTimestamp = batch.histogramStartTimestamp(row);
    int done = shard.append.addHistogram(id, time, histogram, startTimestamp, scratch.nowSeconds);
    if (done == HeadShard.DIFFERENT) {
      scratch.outcome.duplicate(batch, series, t);
    } else {
      scratch.record.histogram(ref, time, baseMillis, startTimestamp, histogram);
      scratch.outcome.histograms++;
    }
  }

  /// Adds the exemplars of the batch whose series this shard knows and that have no place yet.
  void appendExemplarsOnly(WriteScratch scratch, MetricsBatch batch, int shardIndex) {
    HeadShard shard = shards[shardIndex];
    long stamp = shard.lock.writeLock();
    try {
      if (!shard.isSealed()) {
        scratch.record.begin(blockIdBytes(), bucket());
        appendExemplars(scratch, batch, shardIndex);
        if (scratch.record.hasRows()) {
          scratch.submit(scratch.record, this, shard);
        }
      }
    } finally {
      shard.lock.unlockWrite(stamp);
    }
  }

  /// Exemplars of the batch go to the first of its ranges that knows their series.
  private void appendExemplars(WriteScratch scratch, MetricsBatch batch, int shardIndex) {
    HeadShard shard = shards[shardIndex];
    int shardBits = Integer.numberOfTrailingZeros(shards.length);
    for (int i = 0; i < batch.exemplars().size(); i++) {
      MetricsBatch.SeriesExemplar e = batch.exemplars().get(i);
      long high = batch.hashHigh()[e.series()];
      if (scratch.exemplarDone.get(i) || BatchRuns.shard(high, shardBits) != shardIndex) {
        continue;
      }
      int id = shard.find(high, batch.hashLow()[e.series()], -1);
      if (id >= 0) {
        scratch.exemplarDone.set(i);
        scratch.outcome.exemplars++;
        if (exemplars.add(new HeadExemplars.Entry(shardIndex, id, e.exemplar()))) {
          scratch.newExemplars++;
        }
        // Logged even when it is known: its first writer may still wait for the log.
        scratch.record.exemplar(shard.ref(id), e.exemplar());
      }
    }
  }

  private int create(
      WriteScratch scratch, MetricsBatch batch, HeadShard shard, int series, int rows) {
    byte[] labels = batch.labelBytes(series);
    int offset = batch.labelOffset(series);
    int length = batch.labelLength(series);
    long high = batch.hashHigh()[series];
    long low = batch.hashLow()[series];
    try {
      if (scratch.counted().isPresent()
          && !counted(scratch, scratch.counted().get(), batch, series, rows)) {
        return -1;
      }
      int ref = refs.getAndIncrement();
      int id = shard.create(high, low, ref, labels, offset, length);
      seriesCount.incrementAndGet();
      scratch.record.definition(ref, labels, offset, length);
      scratch.defines = true;
      return id;
    } catch (IllegalArgumentException e) {
      scratch.outcome.reject(WriteOutcome.BAD_LABELS, rows, () -> String.valueOf(e.getMessage()));
      return -1;
    }
  }

  /// Counts a series against the limits of the tenant.
  private static boolean counted(
      WriteScratch scratch, TenantSeries all, MetricsBatch batch, int series, int rows) {
    int perUser = scratch.limits.maxGlobalSeriesPerUser();
    int perMetric = scratch.limits.maxGlobalSeriesPerMetric();
    String metric =
        LabelBytes.metricName(
            batch.labelBytes(series), batch.labelOffset(series), batch.labelLength(series));
    return switch (all.enter(batch.hashLow()[series], metric, perUser, perMetric)) {
      case ENTERED -> true;
      case TOO_MANY -> {
        scratch.outcome.seriesPerUser(batch, series, rows, perUser);
        yield false;
      }
      case TOO_MANY_OF_METRIC -> {
        scratch.outcome.seriesPerMetric(batch, series, rows, perMetric);
        yield false;
      }
    };
  }

  /// Counts what is here; all shards are locked.
  void countInto(TenantSeries all) {
    for (HeadShard shard : shards) {
      int name = shard.symbol("__name__");
      var reader = new ShardSeries.Reader(shard.series());
      for (int id = 0; id < shard.count(); id++) {
        int metric = name < 0 ? -1 : reader.walk().find(id, name);
        all.enter(shard.low(id), metric < 0 ? "" : reader.text(metric), 0, 0);
      }
    }
  }

  /// Keeps all writers and readers out; always in ascending order.
  long[] lockAll() {
    long[] stamps = new long[shards.length];
    for (int i = 0; i < shards.length; i++) {
      stamps[i] = shards[i].lock.writeLock();
    }
    return stamps;
  }

  void unlockAll(long[] stamps) {
    for (int i = 0; i < shards.length; i++) {
      shards[i].lock.unlockWrite(stamps[i]);
    }
  }

  @Override
  public void seal() {
    if (sealed) {
      return;
    }
    long[] stamps = lockAll();
    try {
      for (HeadShard shard : shards) {
        shard.seal();
      }
      sealed = true;
    } finally {
      unlockAll(stamps);
    }
  }

  /// Rebuilds the range from its records; one thread, before anybody reads or writes.
  final class Replay implements HeadRecords.Rows {
    /// By ref: the shard in the high half, the id in the low, or -1.
    private long[] series = new long[64];

    private int known;
    private final long[] high = new long[1];
    private final long[] low = new long[1];
    private final int shardBits = Integer.numberOfTrailingZeros(shards.length);
    private final int nowSeconds;
    private long unknownRows;

    Replay(int nowSeconds) {
      this.nowSeconds = nowSeconds;
    }

    @Override
    public void definition(int ref, byte[] labels, int offset, int length) {
      if (ref >= series.length) {
        series = Arrays.copyOf(series, Math.max(ref + 1, series.length * 2));
      }
      while (known <= ref) {
        series[known++] = -1;
      }
      HeadShard any = shards[0];
      any.hash().hash(labels, offset, length, high, low, 0);
      int at = BatchRuns.shard(high[0], shardBits);
      int id = shards[at].find(high[0], low[0], -1);
      if (id < 0) {
        id = shards[at].create(high[0], low[0], ref, labels, offset, length);
        seriesCount.incrementAndGet();
      }
      series[ref] = (long) at << 32 | id;
      if (refs.get() <= ref) {
        refs.set(ref + 1);
      }
    }

    /// Rows whose definition never reached the log were never acknowledged: see
    /// [WriteScratch#await].
    private long of(int ref) {
      if (ref < 0 || ref >= known || series[ref] < 0) {
        unknownRows++;
        return -1;
      }
      return series[ref];
    }

    long unknownRows() {
      return unknownRows;
    }

    @Override
    public void sample(int ref, int time, long start, long bits) {
      long s = of(ref);
      if (s >= 0) {
        shards[(int) (s >>> 32)].append.addFloat((int) s, time, bits, start, nowSeconds);
      }
    }

    @Override
    public void histogram(int ref, int time, long start, NativeHistogram histogram) {
      long s = of(ref);
      if (s >= 0) {
        shards[(int) (s >>> 32)].append.addHistogram((int) s, time, histogram, start, nowSeconds);
      }
    }

    @Override
    public void exemplar(int ref, Exemplar exemplar) {
      long s = of(ref);
      if (s >= 0) {
        exemplars.add(new HeadExemplars.Entry((int) (s >>> 32), (int) s, exemplar));
      }
    }

    void done() {
      long total = 0;
      for (HeadShard shard : shards) {
        total += shard.bytes();
      }
      account(total - ownBytes.get());
    }
  }

  /// Newest and oldest sample; empty: `min > max`.
  long minTimeMillis() {
    long min = Long.MAX_VALUE;
    for (HeadShard shard : shards) {
      long stamp = shard.lock.readLock();
      min = Math.min(min, shard.minTimeMillis());
      shard.lock.unlockRead(stamp);
    }
    return min;
  }

  long maxTimeMillis() {
    long max = Long.MIN_VALUE;
    for (HeadShard shard : shards) {
      long stamp = shard.lock.readLock();
      max = Math.max(max, shard.maxTimeMillis());
      shard.lock.unlockRead(stamp);
    }
    return max;
  }

  long baseMillis() {
    return baseMillis;
  }

  /// Last millisecond of the two hours.
  long endMillis() {
    long end = baseMillis + DURATION_MILLIS - 1;
    return end < baseMillis ? Long.MAX_VALUE : end;
  }

  HeadShard[] shards() {
    return shards;
  }

  ShardIndex index(int shard) {
    return indexes[shard];
  }

  HeadExemplars exemplars() {
    return exemplars;
  }

  int seriesCount() {
    return seriesCount.get();
  }

  @Override
  public boolean isEmpty() {
    return maxTimeMillis() == Long.MIN_VALUE && exemplars.size() == 0;
  }

  @Override
  public String description() {
    return "series=" + seriesCount();
  }

  @Override
  public long sizeBytes() {
    return ownBytes.get();
  }

  @Override
  public boolean isSealed() {
    return sealed;
  }
}
