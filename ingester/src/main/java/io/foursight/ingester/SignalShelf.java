package io.foursight.ingester;

import io.foursight.model.Deadline;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.storage.wal.Wal;
import java.util.Optional;
import java.util.Set;

/// The heads and the flusher of one signal as the component's life sees them. The order of calls in
/// a life: [#start], [#replay] for every record of the signal, [#replayed], then [#tick] and the
/// flushes, then [#close].
public record SignalShelf(SignalHeads<?, ?> heads, Flusher flusher) {
  Signal signal() {
    return heads.signal();
  }

  /// Removes what an earlier life left half-written.
  void start() {
    flusher.start();
  }

  /// One record of the log; records of different tenants may come at once.
  void replay(Wal.Record record) {
    heads.replay(record);
  }

  /// The whole log has been read and ends before `currentSegment`: writes are welcome.
  void replayed(long currentSegment) {
    heads.replayed(currentSegment);
  }

  /// One round of the loop: measure, cut what is due, upload what is cut.
  void tick(double seconds) {
    heads.tick(seconds);
    flusher.tick();
  }

  /// Lets go of the log up to where this signal needs it.
  void truncateLog() {
    heads.truncateLog();
  }

  /// Cuts everything (of one tenant) and tries to upload it now.
  ///
  /// @return whether all of it is uploaded
  boolean flush(Optional<TenantId> tenant) {
    return flusher.flush(tenant);
  }

  /// As [#flush], repeated until it is done.
  ///
  /// @throws io.foursight.model.FoursightException `UNAVAILABLE` when the deadline passes first
  void flushUntil(Optional<TenantId> tenant, Deadline deadline) {
    flusher.flushUntil(tenant, deadline);
  }

  /// Tenants in memory.
  Set<TenantId> tenants() {
    return heads.tenants();
  }

  /// Refuses further writes and waits for those under way.
  void close(Deadline deadline) {
    heads.close(deadline);
  }
}
