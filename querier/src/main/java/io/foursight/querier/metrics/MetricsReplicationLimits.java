package io.foursight.querier.metrics;

import io.foursight.config.Setting;

/// Per-tenant limits of reading from replicas, keys of the section `limits`.
public record MetricsReplicationLimits(
    @Setting("Ingesters that a tenant's data are spread over; 0 is all of them.")
        int ingestionTenantShardSize,
    @Setting("Store-gateways that a tenant's blocks are spread over; 0 is all of them.")
        int storeGatewayTenantShardSize) {
  public static MetricsReplicationLimits defaults() {
    return new MetricsReplicationLimits(0, 0);
  }
}
