package io.foursight.ingester.profiles;

import io.foursight.ingester.TenantHead;
import io.foursight.ingester.TimeBuckets;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.storage.wal.Wal;
import java.time.Clock;
import java.util.BitSet;
import java.util.function.LongFunction;

/// The recent profiles of one tenant: its segments, the open one of each time bucket among them.
/// Safe from any thread; replay only before anybody else.
final class ProfilesHead extends TenantHead<ProfilesSegment> {
  private static final BitSet NONE = new BitSet();

  private final ProfilesSegment.Outcome replayOutcome = new ProfilesSegment.Outcome();

  /// @param opener makes a new segment for a bucket
  ProfilesHead(TenantId tenant, LongFunction<ProfilesSegment> opener, Clock clock) {
    super(tenant, opener, clock);
  }

  /// Applies the batch to memory and sends its records to the log. A profile goes where its time
  /// lies.
  void append(ProfilesScratch scratch, ProfilesBatch batch, ProfilesLimits limits, long nowMillis) {
    long now = nowMillis * 1_000_000;
    int n = batch.profiles();
    long bucket = TimeBuckets.of(batch.timeNanos(0), now);
    boolean one = true;
    for (int i = 1; i < n && one; i++) {
      one = TimeBuckets.of(batch.timeNanos(i), now) == bucket;
    }
    if (one) {
      append(scratch, batch, bucket, NONE, limits, nowMillis);
      return;
    }
    var done = new BitSet();
    for (int first = 0; first < n; first = done.nextClearBit(first)) {
      long own = TimeBuckets.of(batch.timeNanos(first), now);
      var others = new BitSet();
      others.set(0, n);
      for (int i = done.nextClearBit(first); i < n; i = done.nextClearBit(i + 1)) {
        if (TimeBuckets.of(batch.timeNanos(i), now) == own) {
          others.clear(i);
        }
      }
      append(scratch, batch, own, others, limits, nowMillis);
      others.flip(0, n);
      done.or(others);
    }
  }

  private void append(
      ProfilesScratch scratch,
      ProfilesBatch batch,
      long bucket,
      BitSet left,
      ProfilesLimits limits,
      long nowMillis) {
    while (true) {
      ProfilesSegment segment = openPiece(bucket);
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
  protected void replayRows(Wal.Record r, ProfilesSegment segment) {
    replayOutcome.clear();
    ProfilesBatch batch = ProfilesRecords.read(r.payload(), r.offset(), r.length());
    segment.add(batch, NONE, ProfilesLimits.NONE, replayOutcome);
  }
}
