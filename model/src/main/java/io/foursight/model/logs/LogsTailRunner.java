package io.foursight.model.logs;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsTailSource.Dropped;
import java.time.Duration;
import java.util.List;

/// Follows a LogQL log query; joins the query-frontend to the querier. Safe from any thread.
public interface LogsTailRunner {
  /// @param tenants one tenant, or several to be read as one
  /// @param startNanos entries from here to now come first, oldest first, at most `limit`, the
  ///   newest of them
  /// @param budget ends with the client; what it bounds is the history
  record Request(
      List<TenantId> tenants, String query, long startNanos, int limit, QueryBudget budget) {
    public Request {
      tenants = List.copyOf(tenants);
    }
  }

  /// @throws io.foursight.model.FoursightException `BAD_DATA` when the query does not parse or is
  ///   no log query
  Tail tail(Request request);

  /// A query that is being followed. One reader at a time.
  interface Tail extends AutoCloseable {
    /// Waits for entries.
    ///
    /// @return what arrived, empty when nothing did in time
    Batch poll(Duration wait) throws InterruptedException;

    @Override
    void close();
  }

  /// @param streams as in a query's answer, entries ascending by time
  /// @param dropped entries that were not handed on since the last batch, for want of room
  record Batch(List<LogsQueryResult.Stream> streams, List<Dropped> dropped) {
    public static final Batch EMPTY = new Batch(List.of(), List.of());

    public Batch {
      streams = List.copyOf(streams);
      dropped = List.copyOf(dropped);
    }

    public boolean isEmpty() {
      return streams.isEmpty() && dropped.isEmpty();
    }
  }
}
