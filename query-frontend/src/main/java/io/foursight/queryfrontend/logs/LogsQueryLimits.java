package io.foursight.queryfrontend.logs;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;
import java.time.Duration;

/// What a tenant's log queries may ask for; keys of the `limits` section, as Loki names them.
public record LogsQueryLimits(
    @Setting("Most entries that one log query may ask for; 0 = no limit.")
        int maxEntriesLimitPerQuery,
    @Setting("Most series of one metric query over logs.") int maxQuerySeries,
    @Setting("Longest time between start and end of a query over logs; 0 = no limit.")
        Duration maxQueryLength,
    @Setting("Longest range `[...]` in a metric query over logs; 0 = no limit.")
        Duration maxQueryRange,
    @Setting("Age of the oldest data that queries reach; 0 = no limit.") Duration maxQueryLookback,
    @Setting("Time after which a query over logs is given up with 504.") Duration queryTimeout,
    @Setting("Bytes that a query over logs may touch, by index/stats; 0 = no limit.")
        ByteSize maxQueryBytesRead,
    @Setting("Parts of one range query evaluated at the same time.") int maxQueryParallelism,
    @Setting(
            "Bytes of logs, by index/stats, that one part of a metric query reads; what is more is"
                + " cut into parts of its own. 0 = never.")
        ByteSize tsdbMaxBytesPerShard,
    @Setting("Results for times younger than this are not cached.") Duration maxCacheFreshness,
    @Setting("Age at which cached results are dropped.") Duration resultsCacheTtl,
    @Setting("Memory that one query may hold; 0 = a quarter of the process's heap.")
        ByteSize maxEstimatedMemoryConsumptionPerQuery,
    @Setting("Tails that a tenant may have open.") int maxConcurrentTailRequests,
    @Setting("Serve the volume endpoints.") boolean volumeEnabled,
    @Setting("Most series in an answer about volumes.") int volumeMaxSeries) {

  public static LogsQueryLimits defaults() {
    return new LogsQueryLimits(
        5000,
        500,
        Duration.ofHours(721),
        Duration.ZERO,
        Duration.ZERO,
        Duration.ofMinutes(1),
        new ByteSize(0),
        14,
        ByteSize.ofMebibytes(600),
        Duration.ofMinutes(10),
        Duration.ofDays(7),
        new ByteSize(0),
        10,
        true,
        1000);
  }

  /// The bound of one query's memory in bytes.
  public long memoryPerQuery() {
    long own = maxEstimatedMemoryConsumptionPerQuery.bytes();
    return own > 0 ? own : Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 4);
  }
}
