package io.foursight.storage.wal;

import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.runtime.Service;

/// An append-only log shared by all signals and tenants of an ingester, behind one committer
/// thread. Nothing in this interface assumes local files. Safe from any thread.
public interface Wal extends Service {
  /// A place in the log; records appended later have greater positions. `segment` is what
  /// [#truncate] works on.
  record Position(long segment, long offset) implements Comparable<Position> {
    @Override
    public int compareTo(Position o) {
      return segment != o.segment
          ? Long.compare(segment, o.segment)
          : Long.compare(offset, o.offset);
    }
  }

  /// One record as it was appended. The payload belongs to the receiver.
  record Record(
      Position position,
      Signal signal,
      TenantId tenant,
      byte type,
      byte[] payload,
      int offset,
      int length) {}

  /// Receives records in log order; calls for one tenant and signal are never concurrent, calls for
  /// different ones may be.
  @FunctionalInterface
  interface Replayer {
    void replay(Record record);
  }

  /// Appends a record and returns when it is durable as configured (handed to the operating system,
  /// or synced when `sync_interval` is 0). Concurrent callers share one write (and one sync).
  /// Records of one caller keep their order; the order between concurrent callers is that of the
  /// positions.
  ///
  /// @param type the component's own record type
  /// @throws io.foursight.model.FoursightException `UNAVAILABLE` when the log cannot be written
  ///   (disk full, stopping); nothing of the record counts
  Position append(
      Signal signal, TenantId tenant, byte type, byte[] payload, int offset, int length);

  /// As [#append], but returns at once with the position that it will have; [#await] waits for
  /// durability. For writers that must keep a lock while they decide the order.
  Pending submit(Signal signal, TenantId tenant, byte type, byte[] payload, int offset, int length);

  /// A record on its way.
  interface Pending {
    /// @throws io.foursight.model.FoursightException as [Wal#append]
    Position await();
  }

  /// Reads everything that was there at start; once, between `start` and the first append. A torn
  /// tail ends the log quietly.
  ///
  /// @throws io.foursight.model.FoursightException `CORRUPT` with file and offset for a damaged
  ///   record elsewhere
  void replay(Replayer replayer);

  /// Starts a new segment and returns its number: records appended before this call lie in smaller
  /// segments.
  long cut();

  /// Segments below `segment` are needed no more (by anybody); they are recycled or deleted.
  void truncate(long segment);

  /// Bytes that a replay would read.
  long sizeBytes();
}
