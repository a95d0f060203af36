package io.foursight.ingester.logs;

import io.foursight.ingester.TenantHead;
import io.foursight.ingester.TimeBuckets;
import io.foursight.model.RangeVersions;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.logs.LogsBatch;
import io.foursight.model.logs.LogsLateWrites;
import io.foursight.storage.wal.Wal;
import java.time.Clock;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/// The recent logs of one tenant: its segments, the open one of each time bucket among them. Safe
/// from any thread; [#replay] only before anybody else.
final class LogsHead extends TenantHead<LogsSegment> {
  private static final BitSet NONE = new BitSet();

  private static final long LATE_MILLIS = LogsLateWrites.LATENESS.toMillis();
  private static final long NANOS = 1_000_000;

  private final LogsBatch replayBatch = new LogsBatch(new byte[0]);
  private final LogsSegment.Outcome replayOutcome = new LogsSegment.Outcome();

  private final RangeVersions late;

  /// @param opener makes a new segment for a bucket
  /// @param lateVersions the number given last to a late write of any tenant
  LogsHead(
      TenantId tenant, LongFunction<LogsSegment> opener, AtomicLong lateVersions, Clock clock) {
    super(tenant, opener, clock);
    this.late = new RangeVersions(lateVersions);
  }

  /// Applies the batch to memory and sends its records to the log.
  void append(LogsScratch scratch, LogsBatch batch, int maxStreams, long nowMillis) {
    long now = nowMillis * NANOS;
    long[] times = batch.timestamps();
    int n = batch.entryCount();
    long bucket = TimeBuckets.of(times[0], now);
    boolean one = true;
    for (int e = 1; e < n && one; e++) {
      one = TimeBuckets.of(times[e], now) == bucket;
    }
    if (one) {
      append(scratch, batch, bucket, NONE, maxStreams, nowMillis);
      noteLate(batch, NONE, nowMillis);
      return;
    }
    var left = new BitSet();
    for (int first = 0; first < n; first = left.nextClearBit(first)) {
      long own = TimeBuckets.of(times[first], now);
      var others = new BitSet();
      others.set(0, n);
      for (int e = left.nextClearBit(first); e < n; e = left.nextClearBit(e + 1)) {
        if (TimeBuckets.of(times[e], now) == own) {
          others.clear(e);
        }
      }
      append(scratch, batch, own, others, maxStreams, nowMillis);
      noteLate(batch, others, nowMillis);
      others.flip(0, n);
      left.or(others);
    }
  }

  /// What was appended can be read and is not acknowledged yet.
  ///
  /// @param left entries of the batch that are not meant
  private void noteLate(LogsBatch batch, BitSet left, long nowMillis) {
    long[] times = batch.timestamps();
    long border = (nowMillis - LATE_MILLIS) * NANOS;
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    int n = batch.entryCount();
    for (int e = left.nextClearBit(0); e < n; e = left.nextClearBit(e + 1)) {
      if (times[e] < border) {
        first = Math.min(first, times[e]);
        last = Math.max(last, times[e]);
      }
    }
    if (first <= last) {
      late.changed(new TimeRange(Math.floorDiv(first, NANOS), Math.floorDiv(last, NANOS)));
    }
  }

  /// See [RangeVersions#version].
  long lateVersion(TimeRange range) {
    return late.version(range);
  }

  /// The newest late write of all.
  long newestLateVersion() {
    return late.newest();
  }

  private void append(
      LogsScratch scratch,
      LogsBatch batch,
      long bucket,
      BitSet left,
      int maxStreams,
      long nowMillis) {
    while (true) {
      LogsSegment segment = openPiece(bucket);
      boolean done =
          segment.append(
              batch,
              left,
              maxStreams,
              nowMillis,
              scratch.outcome,
              () -> scratch.log(tenant(), segment, batch, left));
      if (done && !segment.isFull()) {
        return;
      }
      seal(segment);
      if (done) {
        return;
      }
    }
  }

  @Override
  protected void replayRows(Wal.Record r, LogsSegment segment) {
    LogsRecords.read(r.payload(), r.offset(), r.length(), replayBatch);
    replayOutcome.clear();
    segment.add(replayBatch, NONE, 0, replayOutcome);
  }

  @Override
  protected void replayed() {
    replayBatch.reset(new byte[0]);
    super.replayed();
  }
}
