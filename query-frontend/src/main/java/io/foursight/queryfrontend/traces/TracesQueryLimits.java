package io.foursight.queryfrontend.traces;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;
import java.time.Duration;

/// What a tenant's queries of traces may ask for; keys of the `limits` section, as Tempo names
/// them.
public record TracesQueryLimits(
    @Setting("Longest time between start and end of a search of traces; 0 = no limit.")
        Duration maxSearchDuration,
    @Setting("Longest time between start and end of a TraceQL metrics query; 0 = no limit.")
        Duration maxMetricsDuration,
    @Setting("Show trace ids in searches with their leading zeros.") boolean leftPadTraceIds,
    @Setting("Bytes of a trace that one answer holds; beyond it is 422 or partial; 0 = no limit.")
        ByteSize maxTraceBytesPerQuery,
    @Setting("Time after which a search or a metrics query of traces is given up with 504.")
        Duration tracesQueryTimeout,
    @Setting("Memory that one query may hold; 0 = a quarter of the process's heap.")
        ByteSize maxEstimatedMemoryConsumptionPerQuery) {

  public static TracesQueryLimits defaults() {
    return new TracesQueryLimits(
        Duration.ofHours(168),
        Duration.ofHours(24),
        true,
        ByteSize.ofMebibytes(100),
        Duration.ofSeconds(30),
        new ByteSize(0));
  }

  /// The bound of one query's memory in bytes.
  public long memoryPerQuery() {
    long own = maxEstimatedMemoryConsumptionPerQuery.bytes();
    return own > 0 ? own : Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 4);
  }
}
