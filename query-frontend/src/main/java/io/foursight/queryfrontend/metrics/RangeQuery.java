package io.foursight.queryfrontend.metrics;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricsQueryRunner;
import io.foursight.model.metrics.MetricsQueryRunner.Options;
import java.time.Duration;
import java.util.List;

/// A checked range query on its way through splitting and caching.
///
/// @param shape decides what of that is allowed
/// @param useCache false when the client forbids it
record RangeQuery(
    List<TenantId> tenants,
    String query,
    QueryShape shape,
    long startMillis,
    long endMillis,
    long stepMillis,
    Duration lookback,
    Options options,
    QueryBudget budget,
    boolean useCache) {

  MetricsQueryRunner.Request request(long start, long end) {
    return new MetricsQueryRunner.Request(
        tenants, query, start, end, stepMillis, lookback, options, budget);
  }
}
