package io.foursight.queryfrontend.logs;

import io.foursight.model.logs.LogsQueryResult;
import io.foursight.model.logs.LogsQueryRunner;
import io.foursight.queryfrontend.FairQueue.Ticket;

/// Who answers which query: instants whole, ranges in parts.
///
/// @param metrics for metric queries over a range
/// @param entries for log queries
record LogsExecutors(LogsQueryRunner runner, LogsRangeExecutor metrics, LogsEntryExecutor entries) {
  LogsQueryResult run(LogsRangeQuery query, boolean isLogQuery, Ticket ticket) {
    if (query.asked().isInstant()) {
      return ticket.run(query.asked().budget(), () -> runner.run(query.asked()));
    }
    return isLogQuery ? entries.run(query, ticket) : metrics.run(query, ticket);
  }
}
