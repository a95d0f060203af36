package io.foursight.ingester.metrics;

import io.foursight.config.Setting;
import java.time.Duration;

/// What a tenant may keep in the heads of its ingesters. 0 = unlimited. A series counts once,
/// however many two-hour ranges of the head have samples of it.
public record MetricsLimits(
    @Setting(
            "Series of a tenant in memory: those with samples that are not in a block yet. 0 = no"
                + " limit but the memory of the ingester.")
        int maxGlobalSeriesPerUser,
    @Setting("Series of one metric in memory.") int maxGlobalSeriesPerMetric,
    @Setting("Metric families with metadata of a tenant.") int maxGlobalMetadataPerUser,
    @Setting("Different metadata of one metric family.") int maxGlobalMetadataPerMetric,
    @Setting("Exemplars that are kept in memory; the oldest go first. 0 turns exemplars off.")
        int maxGlobalExemplarsPerUser,
    @Setting("How much older than the tenant's newest sample a sample may be. 0 = any age.")
        Duration outOfOrderTimeWindow) {
  public static MetricsLimits defaults() {
    return new MetricsLimits(0, 0, 20_000, 10, 100_000, Duration.ZERO);
  }

  /// Whether series have to be counted.
  boolean limitsSeries() {
    return maxGlobalSeriesPerUser > 0 || maxGlobalSeriesPerMetric > 0;
  }
}
