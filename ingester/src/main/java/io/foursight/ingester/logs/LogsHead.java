package io.foursight.ingester.logs;

import io.foursight.ingester.TenantHead;
import io.foursight.ingester.TimeBuckets;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsBatch;
import io.foursight.storage.wal.Wal;
import java.time.Clock;
import java.util.BitSet;
import java.util.function.LongFunction;

/// The recent logs of one tenant: its segments, the open one of each time bucket among them. Safe
/// from any thread; [#replay] only before anybody else.
final class LogsHead extends TenantHead<LogsSegment> {
  private static final BitSet NONE = new BitSet();

  private final LogsBatch replayBatch = new LogsBatch(new byte[0]);
  private final LogsSegment.Outcome replayOutcome = new LogsSegment.Outcome();

  /// @param opener makes a new segment for a bucket
  LogsHead(TenantId tenant, LongFunction<LogsSegment> opener, Clock clock) {
    super(tenant, opener, clock);
  }

  /// Applies the batch to memory and sends its records to the log.
  void append(LogsScratch scratch, LogsBatch batch, int maxStreams, long nowMillis) {
    long now = nowMillis * 1_000_000;
    long[] times = batch.timestamps();
    int n = batch.entryCount();
    long bucket = TimeBuckets.of(times[0], now);
    boolean one = true;
    for (int e = 1; e < n && one; e++) {
      one = TimeBuckets.of(times[e], now) == bucket;
    }
    if (one) {
      append(scratch, batch, bucket, NONE, maxStreams, nowMillis);
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
      others.flip(0, n);
      left.or(others);
    }
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
