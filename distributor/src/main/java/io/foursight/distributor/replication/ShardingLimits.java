package io.foursight.distributor.replication;

import io.foursight.config.Setting;

/// Per-tenant limits of the fan-out, keys of the section `limits`.
public record ShardingLimits(
    @Setting("Ingesters that a tenant's data are spread over; 0 is all of them.")
        int ingestionTenantShardSize) {
  public static ShardingLimits defaults() {
    return new ShardingLimits(0);
  }
}
