package io.foursight.storegateway;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;
import io.foursight.model.FoursightException;
import java.time.Duration;

/// Settings of the store-gateway, section `store_gateway`.
public record StoreGatewayConfig(
    @Setting("How often the block lists of all tenants are read again.") Duration syncInterval,
    @Setting("Memory for decoded index pages of blocks.") ByteSize indexCacheSize,
    @Setting(
            "Answer without a block that fails its checksums or cannot be read at all, instead of"
                + " failing the query; the answer is then silently incomplete.")
        boolean skipCorruptBlocks,
    @Setting("Times that a query starts again because a block disappeared under it.")
        int maxRetries) {

  public StoreGatewayConfig {
    if (syncInterval.isNegative() || syncInterval.isZero()) {
      throw FoursightException.badData(
          "store_gateway.sync_interval = " + syncInterval + " must be positive");
    }
    if (maxRetries < 1) {
      throw FoursightException.badData(
          "store_gateway.max_retries = " + maxRetries + " must be at least 1");
    }
  }

  /// The age past which a block list is read again before a query is planned by it. An ingester of
  /// another process keeps what it uploaded for at least twice as long.
  public Duration maxListAge() {
    return syncInterval.multipliedBy(2);
  }

  public static StoreGatewayConfig defaults() {
    return new StoreGatewayConfig(Duration.ofMinutes(1), ByteSize.ofMebibytes(32), false, 5);
  }
}
