package io.foursight.querier.metrics;

import io.foursight.config.Setting;

/// What one metrics query of a tenant may fetch; keys of the `limits` section.
public record MetricsQuerierLimits(
    @Setting("Series that a single query may fetch from all sources together; 0 = no limit.")
        int maxFetchedSeriesPerQuery,
    @Setting("Decoded sample bytes that a single query may fetch in total; 0 = no limit.")
        long maxFetchedChunkBytesPerQuery) {

  public static MetricsQuerierLimits defaults() {
    return new MetricsQuerierLimits(0, 0);
  }
}
