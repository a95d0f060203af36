package io.foursight.ingester.profiles;

import io.foursight.ingester.PieceRecords;
import io.foursight.model.FoursightException;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.storage.wal.Wal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// What one write needs: the record being written, those on their way to the log, the outcome.
/// Reused; owned by one thread.
final class ProfilesScratch {
  final ProfilesSegment.Outcome outcome = new ProfilesSegment.Outcome();
  private final Wal wal;
  private final ProfilesRecords.Writer writer = new ProfilesRecords.Writer();
  private final List<Wal.Pending> pending = new ArrayList<>();

  ProfilesScratch(Wal wal) {
    this.wal = wal;
  }

  void begin() {
    outcome.clear();
    pending.clear();
  }

  /// Sends the profiles of one segment to the log: repetitions too, since what they repeat may have
  /// failed to get there; not what a limit refused.
  void log(TenantId tenant, ProfilesSegment segment, ProfilesBatch batch, BitSet left) {
    BitSet out = left;
    if (!outcome.tooMany.isEmpty()) {
      out = (BitSet) left.clone();
      out.or(outcome.tooMany);
    }
    if (out.nextClearBit(0) >= batch.profiles()) {
      return;
    }
    writer.write(segment.blockIdBytes(), segment.bucket(), batch, out);
    pending.add(
        wal.submit(Signal.PROFILES, tenant, PieceRecords.ROWS, writer.array(), 0, writer.length()));
  }

  /// Waits until all of it is durable.
  ///
  /// @return the newest segment of the log that was reached
  /// @throws FoursightException when any of it is not
  long await() {
    long segment = 0;
    FoursightException failure = null;
    for (Wal.Pending one : pending) {
      try {
        segment = Math.max(segment, one.await().segment());
      } catch (FoursightException e) {
        failure = e;
      }
    }
    pending.clear();
    if (failure != null) {
      throw failure;
    }
    return segment;
  }
}
