package io.foursight.storegateway.logs;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/// The meters of the store-gateway for logs.
final class LogsStoreGatewayMetrics {
  final Counter selects;
  final Counter blocksQueried;
  final Counter retries;
  final Counter corruptBlocks;
  final Counter pickups;
  final Counter syncFailures;
  final Timer sync;

  LogsStoreGatewayMetrics(MeterRegistry meters, BlockIndex index) {
    selects = counter(meters, "selects", "Selections answered from blocks");
    blocksQueried = counter(meters, "queried_blocks", "Blocks that selections looked into");
    retries = counter(meters, "retries", "Selections started again because a block disappeared");
    corruptBlocks = counter(meters, "corrupt_blocks", "Reads that met a corrupt block");
    pickups = counter(meters, "pickups", "Blocks that ingesters were told to be served");
    syncFailures = counter(meters, "sync_failures", "Readings of block lists that failed");
    sync =
        Timer.builder("foursight_store_gateway_sync_duration")
            .tag("signal", "logs")
            .description("Time to read the block lists of all tenants")
            .register(meters);
    meters.gauge("foursight_store_gateway_log_blocks", index, BlockIndex::blockCount);
  }

  private static Counter counter(MeterRegistry meters, String thing, String description) {
    return Counter.builder("foursight_store_gateway_" + thing)
        .tag("signal", "logs")
        .description(description)
        .register(meters);
  }
}
