package io.foursight.model.logs;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Hands on entries as they are accepted; a head, a remote peer, a merge of several. Safe from any
/// thread.
public interface LogsTailSource {
  /// Entries of matching streams whose write begins after this call returns.
  ///
  /// @param maxBufferedBytes what may wait for the reader; past it entries are dropped and counted
  Subscription subscribe(TenantId tenant, List<LabelMatcher> matchers, long maxBufferedBytes);

  /// What has arrived and was not yet taken. One reader at a time.
  interface Subscription extends AutoCloseable {
    /// Waits for entries. The page is the reader's own.
    ///
    /// @return empty when none came in time
    Optional<LogsPage> poll(Duration wait) throws InterruptedException;

    /// Entries dropped since the last call, for want of room: at most `limit` of them by time and
    /// labels, oldest first.
    List<Dropped> takeDropped(int limit);

    @Override
    void close();
  }

  /// An entry that was not handed on.
  record Dropped(long timestampNanos, Labels labels) {}
}
