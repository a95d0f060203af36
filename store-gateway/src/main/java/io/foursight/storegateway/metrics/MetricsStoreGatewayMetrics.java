package io.foursight.storegateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/// The meters of the store-gateway for metrics.
final class MetricsStoreGatewayMetrics {
  final Counter selects;
  final Counter blocksQueried;
  final Counter retries;
  final Counter corruptBlocks;
  final Counter pickups;
  final Counter syncFailures;
  final Timer sync;

  MetricsStoreGatewayMetrics(MeterRegistry meters, BlockIndex index) {
    selects = counter(meters, "selects", "Selections answered from blocks");
    blocksQueried = counter(meters, "queried_blocks", "Blocks that selections looked into");
    retries = counter(meters, "retries", "Selections started again because a block disappeared");
    corruptBlocks = counter(meters, "corrupt_blocks", "Reads that met a corrupt block");
    pickups = counter(meters, "pickups", "Blocks that ingesters were told to be served");
    syncFailures = counter(meters, "sync_failures", "Readings of block lists that failed");
    sync =
        Timer.builder("foursight_store_gateway_sync_duration")
            .tag("signal", "metrics")
            .description("Time to read the block lists of all tenants")
            .register(meters);
    meters.gauge("foursight_store_gateway_blocks", index, BlockIndex::blockCount);
    Gauge.builder("foursight_store_gateway_unreadable_blocks", index, BlockIndex::unreadableCount)
        .tag("signal", "metrics")
        .description(
            "Blocks left out: their meta.json is corrupt or newer, or their format another")
        .register(meters);
  }

  private static Counter counter(MeterRegistry meters, String thing, String description) {
    return Counter.builder("foursight_store_gateway_" + thing)
        .tag("signal", "metrics")
        .description(description)
        .register(meters);
  }
}
