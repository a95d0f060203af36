package io.foursight.cmd;

import io.foursight.cmd.RingSeat.Handover;
import io.foursight.config.TenantOverrides;
import io.foursight.model.BlockPickup;
import io.foursight.model.metrics.MetricsBlocks;
import io.foursight.querylanguages.regex.RegexMatcher;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.RingClient;
import io.foursight.ring.RingName;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import io.foursight.runtime.Service;
import io.foursight.storegateway.logs.LogsStoreGateway;
import io.foursight.storegateway.logs.LogsStoreGatewayLimits;
import io.foursight.storegateway.metrics.MetricsStoreGateway;
import io.foursight.storegateway.metrics.MetricsStoreGatewayLimits;
import io.foursight.storegateway.traces.TracesStoreGateway;
import io.foursight.storegateway.traces.TracesStoreGatewayLimits;
import io.foursight.wire.metrics.rpc.MetricsBlocksService;
import io.foursight.wire.metrics.rpc.MetricsSourceMethods;
import io.foursight.wire.metrics.rpc.RemoteMetricsBlocks;
import io.foursight.wire.pickup.BlockPickupService;
import io.foursight.wire.pickup.RemoteBlockPickup;
import io.foursight.wire.rpc.RpcService;
import java.util.List;

/// Historic reads.
final class StoreGatewayWiring {
  private final FoursightConfig config;
  private final ClusterWiring cluster;
  private final Lazy<MetricsStoreGateway> metrics;
  private final Lazy<LogsStoreGateway> logs;
  private final Lazy<TracesStoreGateway> traces;
  private final Lazy<BlockPickup> pickup = new Lazy<>(this::newPickup);

  StoreGatewayWiring(
      FoursightConfig config,
      TenantOverrides overrides,
      ComponentContext context,
      ClusterWiring cluster,
      StorageWiring storage) {
    this.config = config;
    this.cluster = cluster;
    metrics =
        new Lazy<>(() ->
            new MetricsStoreGateway(
                storage.metricsBlocks(),
                (tenant, block, file) -> storage.metricsBlocks().open(tenant, block, file.name()),
                config.storeGateway(),
                overrides.limits(MetricsStoreGatewayLimits.class),
                context.clock(),
                context.meters()));
    logs =
        new Lazy<>(() ->
            new LogsStoreGateway(
                storage.logsBlocks(),
                (tenant, block, file) -> storage.logsBlocks().open(tenant, block, file.name()),
                config.storeGateway(),
                overrides.limits(LogsStoreGatewayLimits.class),
                context.clock(),
                context.meters()));
    traces =
        new Lazy<>(() ->
            new TracesStoreGateway(
                storage.tracesBlocks(),
                (tenant, block, file) -> storage.tracesBlocks().open(tenant, block, file.name()),
                config.storeGateway(),
                overrides.limits(TracesStoreGatewayLimits.class),
                context.clock(),
                context.meters()));
  }

  LogsStoreGateway logs() {
    return logs.get();
  }

  TracesStoreGateway traces() {
    return traces.get();
  }

  MetricsStoreGateway metrics() {
    return metrics.get();
  }

  Module module() {
    return new Module("store-gateway", cluster.needs("storage"), this::storeGateway);
  }

  private Service storeGateway() {
    MetricsStoreGateway gateway = metrics.get();
    var service = new RpcService(MetricsSourceMethods.STORE_GATEWAY.service());
    MetricsBlocksService.register(service, gateway, RegexMatcher::compile);
    cluster.serve(service);
    cluster.serve(BlockPickupService.of(gateway));
    return cluster.seat(
        RingName.STORE_GATEWAY,
        config.storeGatewayRing(),
        new Together(List.of(gateway, logs.get(), traces.get())),
        Handover.NOTHING);
  }

  /// Those of the ring, this process's own without a detour.
  MetricsBlocks blocksOf(InstanceDescriptor instance) {
    return cluster.isHere(RingName.STORE_GATEWAY, instance)
        ? metrics.get()
        : new RemoteMetricsBlocks(cluster.caller(instance.address()));
  }

  /// Who tells an ingester that a block is read from.
  BlockPickup pickup() {
    return pickup.get();
  }

  private BlockPickup newPickup() {
    return cluster.isClustered()
        ? new RingPickup(
            ring(),
            gateway ->
                cluster.isHere(RingName.STORE_GATEWAY, gateway)
                    ? metrics.get()
                    : new RemoteBlockPickup(cluster.caller(gateway.address())),
            config.storeGateway().maxListAge().multipliedBy(2))
        : metrics.get();
  }

  RingClient ring() {
    return cluster.ring(RingName.STORE_GATEWAY, config.storeGatewayRing());
  }
}
