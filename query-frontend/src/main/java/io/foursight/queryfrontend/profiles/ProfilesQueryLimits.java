package io.foursight.queryfrontend.profiles;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;
import java.time.Duration;

/// What a tenant's queries of profiles may ask for; keys of the `limits` section, as Pyroscope
/// names them.
public record ProfilesQueryLimits(
    @Setting("Longest time between start and end of a query over logs or profiles; 0 = no limit.")
        Duration maxQueryLength,
    @Setting("Age of the oldest data that queries reach; 0 = no limit.") Duration maxQueryLookback,
    @Setting("Nodes of a flame graph that a request leaves open; 0 = all.")
        int maxFlamegraphNodesDefault,
    @Setting("Most nodes of a flame graph that a request may ask for; 0 = no limit.")
        int maxFlamegraphNodesMax,
    @Setting("Tell what a query of profiles would read (AnalyzeQuery).")
        boolean queryAnalysisEnabled,
    @Setting("Queries of profiles whose answers are fetched later that a tenant may have running.")
        int maxAsyncQueryConcurrency,
    @Setting("Time after which a query of profiles is given up with 504.")
        Duration profilesQueryTimeout,
    @Setting("Largest profile that may be uploaded to be looked at.") ByteSize maxAdhocProfileSize,
    @Setting("Memory that one query may hold; 0 = a quarter of the process's heap.")
        ByteSize maxEstimatedMemoryConsumptionPerQuery) {

  public static ProfilesQueryLimits defaults() {
    return new ProfilesQueryLimits(
        Duration.ofHours(721),
        Duration.ZERO,
        8192,
        1_048_576,
        true,
        5,
        Duration.ofMinutes(1),
        ByteSize.ofMebibytes(32),
        new ByteSize(0));
  }

  /// The bound of one query's memory in bytes.
  public long memoryPerQuery() {
    long own = maxEstimatedMemoryConsumptionPerQuery.bytes();
    return own > 0 ? own : Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 4);
  }
}
