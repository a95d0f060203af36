package io.foursight.queryfrontend;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;
import io.foursight.model.FoursightException;
import java.time.Duration;

/// Settings of the query-frontend, section `query_frontend`.
public record QueryFrontendConfig(
    @Setting("Time after which a query is given up with 503; a request may ask for less.")
        Duration queryTimeout,
    @Setting("Parts of queries evaluated at the same time; 0 = twice the number of processors.")
        int maxConcurrent,
    @Setting("Query requests that a tenant may have under way; more are refused with 429.")
        int maxOutstandingRequestsPerTenant,
    @Setting("Range queries are cut at multiples of this time in UTC; 0 = never.")
        Duration splitQueriesByInterval,
    @Setting("Keep parts of range query results in memory.") boolean cacheResults,
    @Setting("Memory for cached results.") ByteSize resultsCacheSize,
    @Setting("How far back an instant selector looks, unless a request says otherwise.")
        Duration lookbackDelta,
    @Setting("Samples that a query may hold at the same time; 0 = no limit.") long maxSamples,
    @Setting("Step of a subquery that names none.") Duration defaultEvaluationInterval,
    @Setting("Queries that take longer are logged; 0 = none.") Duration logQueriesLongerThan,
    @Setting("Largest body of a remote read request, decompressed.") ByteSize maxReadBodySize) {

  public QueryFrontendConfig {
    positive("query_timeout", queryTimeout);
    positive("lookback_delta", lookbackDelta);
    positive("default_evaluation_interval", defaultEvaluationInterval);
    if (maxConcurrent < 0 || maxOutstandingRequestsPerTenant < 1) {
      throw FoursightException.badData(
          "query_frontend.max_concurrent = "
              + maxConcurrent
              + " must not be negative and query_frontend.max_outstanding_requests_per_tenant = "
              + maxOutstandingRequestsPerTenant
              + " must be at least 1");
    }
    if (splitQueriesByInterval.isNegative()) {
      throw FoursightException.badData(
          "query_frontend.split_queries_by_interval = "
              + splitQueriesByInterval
              + " must not be negative");
    }
  }

  private static void positive(String key, Duration value) {
    if (value.toMillis() <= 0) {
      throw FoursightException.badData(
          "query_frontend." + key + " = " + value + " must be at least 1ms");
    }
  }

  public static QueryFrontendConfig defaults() {
    return new QueryFrontendConfig(
        Duration.ofMinutes(2),
        0,
        100,
        Duration.ofHours(24),
        true,
        ByteSize.ofMebibytes(64),
        Duration.ofMinutes(5),
        50_000_000,
        Duration.ofMinutes(1),
        Duration.ofSeconds(10),
        ByteSize.ofMebibytes(16));
  }

  /// Slots of the fair queue.
  public int slots() {
    return maxConcurrent > 0 ? maxConcurrent : 2 * Runtime.getRuntime().availableProcessors();
  }
}
