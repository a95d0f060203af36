package io.foursight.storegateway;

import io.foursight.model.Signal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/// The meters that the store-gateway has for each signal.
public final class StoreGatewayMetrics {
  public final Counter selects;
  public final Counter blocksQueried;
  final Counter retries;
  final Counter corruptBlocks;
  final Counter pickups;
  final Counter syncFailures;
  final Timer sync;

  StoreGatewayMetrics(MeterRegistry meters, Signal signal, BlockIndex<?> index) {
    selects = counter(meters, signal, "selects", "Selections answered from blocks");
    blocksQueried = counter(meters, signal, "queried_blocks", "Blocks that selections looked into");
    retries =
        counter(meters, signal, "retries", "Selections started again because a block disappeared");
    corruptBlocks = counter(meters, signal, "corrupt_blocks", "Reads that met a corrupt block");
    pickups = counter(meters, signal, "pickups", "Blocks that ingesters were told to be served");
    syncFailures = counter(meters, signal, "sync_failures", "Readings of block lists that failed");
    sync =
        Timer.builder("foursight_store_gateway_sync_duration")
            .tag("signal", signal.plural())
            .description("Time to read the block lists of all tenants")
            .register(meters);
    Gauge.builder("foursight_store_gateway_blocks", index, BlockIndex::blockCount)
        .tag("signal", signal.plural())
        .description("Blocks that are read from")
        .register(meters);
    Gauge.builder("foursight_store_gateway_unreadable_blocks", index, BlockIndex::unreadableCount)
        .tag("signal", signal.plural())
        .description(
            "Blocks left out: their meta.json is corrupt or newer, or their format another")
        .register(meters);
  }

  private static Counter counter(
      MeterRegistry meters, Signal signal, String thing, String description) {
    return Counter.builder("foursight_store_gateway_" + thing)
        .tag("signal", signal.plural())
        .description(description)
        .register(meters);
  }
}
