package io.foursight.distributor.metrics;

import io.foursight.config.Setting;

/// Per-tenant limits of the fan-out, keys of the section `limits`.
public record MetricsFanOutLimits(
    @Setting("Ingesters that a tenant's data are spread over; 0 is all of them.")
        int ingestionTenantShardSize) {
  public static MetricsFanOutLimits defaults() {
    return new MetricsFanOutLimits(0);
  }
}
