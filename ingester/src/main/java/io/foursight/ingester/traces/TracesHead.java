package io.foursight.ingester.traces;

import io.foursight.ingester.TenantHead;
import io.foursight.ingester.TimeBuckets;
import io.foursight.model.TenantId;
import io.foursight.model.traces.TracesBatch;
import io.foursight.storage.wal.Wal;
import java.time.Clock;
import java.util.BitSet;
import java.util.function.LongFunction;

/// The recent traces of one tenant: its segments, the open one of each time bucket among them. Safe
/// from any thread; replay only before anybody else.
final class TracesHead extends TenantHead<TracesSegment> {
  private static final BitSet NONE = new BitSet();

  private final TracesBatch replayBatch = new TracesBatch(new byte[0]);
  private final TracesSegment.Outcome replayOutcome = new TracesSegment.Outcome();

  /// @param opener makes a new segment for a bucket
  TracesHead(TenantId tenant, LongFunction<TracesSegment> opener, Clock clock) {
    super(tenant, opener, clock);
  }

  /// Applies the batch to memory and sends its records to the log. A span goes where its start
  /// lies.
  void append(TracesScratch scratch, TracesBatch batch, TracesLimits limits, long nowMillis) {
    long now = nowMillis * 1_000_000;
    int n = batch.spanCount();
    long bucket = TimeBuckets.of(batch.startNanos(0), now);
    boolean one = true;
    for (int i = 1; i < n && one; i++) {
      one = TimeBuckets.of(batch.startNanos(i), now) == bucket;
    }
    if (one) {
      append(scratch, batch, bucket, NONE, limits, nowMillis);
      return;
    }
    var done = new BitSet();
    for (int first = 0; first < n; first = done.nextClearBit(first)) {
      long own = TimeBuckets.of(batch.startNanos(first), now);
      var others = new BitSet();
      others.set(0, n);
      for (int i = done.nextClearBit(first); i < n; i = done.nextClearBit(i + 1)) {
        if (TimeBuckets.of(batch.startNanos(i), now) == own) {
          others.clear(i);
        }
      }
      append(scratch, batch, own, others, limits, nowMillis);
      others.flip(0, n);
      done.or(others);
    }
  }

  private void append(
      TracesScratch scratch,
      TracesBatch batch,
      long bucket,
      BitSet left,
      TracesLimits limits,
      long nowMillis) {
    while (true) {
      TracesSegment segment = openPiece(bucket);
      boolean done =
          segment.append(
              batch,
              left,
              limits,
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
  protected void replayRows(Wal.Record r, TracesSegment segment) {
    TracesRecords.read(r.payload(), r.offset(), r.length(), replayBatch);
    replayOutcome.clear();
    segment.add(replayBatch, NONE, TracesLimits.NONE, replayOutcome);
  }

  @Override
  protected void replayed() {
    replayBatch.reset(new byte[0], 0);
    super.replayed();
  }
}
