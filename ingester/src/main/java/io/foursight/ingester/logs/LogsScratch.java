package io.foursight.ingester.logs;

import io.foursight.ingester.PieceRecords;
import io.foursight.model.FoursightException;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsBatch;
import io.foursight.storage.wal.Wal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// What one write needs: the record being written, those on their way to the log, the outcome.
/// Reused; owned by one thread.
final class LogsScratch {
  final LogsSegment.Outcome outcome = new LogsSegment.Outcome();
  private final Wal wal;
  private final LogsRecords.Writer writer = new LogsRecords.Writer();
  private final List<Wal.Pending> pending = new ArrayList<>();

  LogsScratch(Wal wal) {
    this.wal = wal;
  }

  void begin() {
    outcome.clear();
    pending.clear();
  }

  /// Sends the entries of one segment to the log: repetitions too, since what they repeat may have
  /// failed to get there.
  void log(TenantId tenant, LogsSegment segment, LogsBatch batch, BitSet left) {
    writer.write(segment.blockIdBytes(), segment.bucket(), batch, left);
    pending.add(
        wal.submit(Signal.LOGS, tenant, PieceRecords.ROWS, writer.array(), 0, writer.length()));
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
