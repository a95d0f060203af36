package io.foursight.queryfrontend.metrics;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;
import java.time.Duration;

/// What a tenant's metrics queries may ask for; keys of the `limits` section.
public record MetricsQueryLimits(
    @Setting("Longest time between start and end of a range query; 0 = no limit.")
        Duration maxTotalQueryLength,
    @Setting("Age of the oldest data that queries reach; 0 = no limit.") Duration maxQueryLookback,
    @Setting("Longest query text in bytes; 0 = no limit.") int maxQueryExpressionSizeBytes,
    @Setting("Parts of one range query evaluated at the same time.") int maxQueryParallelism,
    @Setting("Memory that one query may hold; 0 = a quarter of the process's heap.")
        ByteSize maxEstimatedMemoryConsumptionPerQuery,
    @Setting("Results for times younger than this are not cached.") Duration maxCacheFreshness,
    @Setting("Age at which cached results are dropped.") Duration resultsCacheTtl,
    @Setting(
            "The same where samples may arrive late through other processes, which the cache does"
                + " not see.")
        Duration resultsCacheTtlForOutOfOrderTimeWindow,
    @Setting("Serve the cardinality endpoints.") boolean cardinalityAnalysisEnabled,
    @Setting("Most label names in one request for label value cardinality.")
        int labelValuesMaxCardinalityLabelNamesPerRequest,
    @Setting("Allow experimental PromQL functions and aggregations.")
        boolean promqlExperimentalFunctionsEnabled,
    @Setting("Allow the `anchored` and `smoothed` modifiers.")
        boolean promqlExtendedRangeSelectorsEnabled,
    @Setting("Allow the `fill` modifiers of binary operators.") boolean promqlFillModifiersEnabled,
    @Setting("Drop the metric name at the end of a query instead of in each operation.")
        boolean promqlDelayedNameRemovalEnabled) {

  public static MetricsQueryLimits defaults() {
    return new MetricsQueryLimits(
        Duration.ZERO,
        Duration.ZERO,
        0,
        14,
        new ByteSize(0),
        Duration.ofMinutes(10),
        Duration.ofDays(7),
        Duration.ofMinutes(10),
        true,
        100,
        false,
        false,
        false,
        false);
  }

  /// The bound of one query's memory in bytes.
  public long memoryPerQuery() {
    long own = maxEstimatedMemoryConsumptionPerQuery.bytes();
    return own > 0 ? own : Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 4);
  }
}
