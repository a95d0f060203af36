package io.foursight.querier.replication;

import io.foursight.config.Setting;

/// Per-tenant limits of reading from replicas, keys of the section `limits`.
public record ReplicationLimits(
    @Setting("Ingesters that a tenant's data are spread over; 0 is all of them.")
        int ingestionTenantShardSize,
    @Setting("Store-gateways that a tenant's blocks are spread over; 0 is all of them.")
        int storeGatewayTenantShardSize) {
  public static ReplicationLimits defaults() {
    return new ReplicationLimits(0, 0);
  }
}
