package io.foursight.queryfrontend.logs;

import io.foursight.model.logs.LogsQueryRunner;

/// A checked range query on its way through splitting and caching.
///
/// @param asked the whole of it
/// @param shape decides what of that is allowed
/// @param useCache false when the client forbids it
record LogsRangeQuery(LogsQueryRunner.Request asked, LogsQueryShape shape, boolean useCache) {
  /// The same over a part of the time.
  LogsQueryRunner.Request request(long startNanos, long endNanos, int limit) {
    return new LogsQueryRunner.Request(
        asked.tenants(),
        asked.query(),
        startNanos,
        endNanos,
        asked.stepNanos(),
        asked.intervalNanos(),
        limit,
        asked.direction(),
        asked.maxSeries(),
        asked.maxSeriesPartial(),
        asked.budget());
  }
}
