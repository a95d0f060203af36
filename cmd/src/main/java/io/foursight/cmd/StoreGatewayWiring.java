package io.foursight.cmd;

import io.foursight.cmd.RingSeat.Handover;
import io.foursight.config.TenantOverrides;
import io.foursight.model.BlockPickup;
import io.foursight.model.Blocks;
import io.foursight.model.metrics.MetricsSource;
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
import io.foursight.storegateway.profiles.ProfilesStoreGateway;
import io.foursight.storegateway.profiles.ProfilesStoreGatewayLimits;
import io.foursight.storegateway.traces.TracesStoreGateway;
import io.foursight.storegateway.traces.TracesStoreGatewayLimits;
import io.foursight.wire.metrics.rpc.MetricsSourceMethods;
import io.foursight.wire.metrics.rpc.MetricsSourceService;
import io.foursight.wire.metrics.rpc.RemoteMetricsSource;
import io.foursight.wire.pickup.BlockPickupService;
import io.foursight.wire.pickup.RemoteBlockPickup;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.signals.BlocksService;
import io.foursight.wire.signals.RemoteBlocks;
import java.util.List;

/// Historic reads.
final class StoreGatewayWiring {
  private static final RpcMethod METRICS_PLAN =
      BlocksService.method(MetricsSourceMethods.STORE_GATEWAY.service());

  private final FoursightConfig config;
  private final ComponentContext context;
  private final ClusterWiring cluster;
  private final Lazy<MetricsStoreGateway> metrics;
  private final Lazy<LogsStoreGateway> logs;
  private final Lazy<TracesStoreGateway> traces;
  private final Lazy<ProfilesStoreGateway> profiles;
  private final Lazy<BlockPickup> pickup = new Lazy<>(this::newPickup);

  StoreGatewayWiring(
      FoursightConfig config,
      TenantOverrides overrides,
      ComponentContext context,
      ClusterWiring cluster,
      StorageWiring storage) {
    this.config = config;
    this.context = context;
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
    profiles =
        new Lazy<>(() ->
            new ProfilesStoreGateway(
                storage.profilesBlocks(),
                (tenant, block, file) -> storage.profilesBlocks().open(tenant, block, file.name()),
                config.storeGateway(),
                overrides.limits(ProfilesStoreGatewayLimits.class),
                context.clock(),
                context.meters()));
  }

  LogsStoreGateway logs() {
    return logs.get();
  }

  TracesStoreGateway traces() {
    return traces.get();
  }

  ProfilesStoreGateway profiles() {
    return profiles.get();
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
    BlocksService.register(service, METRICS_PLAN, gateway);
    MetricsSourceService.register(
        service,
        MetricsSourceMethods.STORE_GATEWAY,
        (tenants, blocks) -> gateway.only(blocks),
        RegexMatcher::compile);
    cluster.serve(service);
    LogsCluster.serveStoreGateway(cluster, logs.get());
    TracesCluster.serveStoreGateway(cluster, traces.get());
    ProfilesCluster.serveStoreGateway(cluster, profiles.get());
    cluster.serve(BlockPickupService.of(here()));
    new DrainRoutes(
            cluster.life(RingName.STORE_GATEWAY), config.storeGatewayRing().unregisterOnShutdown())
        .registerStoreGateway(context.routes());
    return cluster.seat(
        RingName.STORE_GATEWAY,
        config.storeGatewayRing(),
        new Together(List.of(gateway, logs.get(), traces.get(), profiles.get())),
        Handover.NOTHING);
  }

  /// Those of the ring, this process's own without a detour.
  Blocks<MetricsSource> blocksOf(InstanceDescriptor instance) {
    if (cluster.isHere(RingName.STORE_GATEWAY, instance)) {
      return metrics.get();
    }
    RpcCaller caller = cluster.caller(instance.address());
    return new RemoteBlocks<>(
        caller,
        METRICS_PLAN,
        blocks ->
            new RemoteMetricsSource(caller, MetricsSourceMethods.STORE_GATEWAY, List.of(), blocks));
  }

  /// The gateways of this process.
  private BlockPickup here() {
    return (signal, tenant, block) ->
        switch (signal) {
          case METRICS -> metrics.get().serves(signal, tenant, block);
          case LOGS -> logs.get().serves(signal, tenant, block);
          case TRACES -> traces.get().serves(signal, tenant, block);
          case PROFILES -> profiles.get().serves(signal, tenant, block);
        };
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
                    ? here()
                    : new RemoteBlockPickup(cluster.caller(gateway.address())),
            config.storeGateway().maxListAge().multipliedBy(2))
        : here();
  }

  RingClient ring() {
    return cluster.ring(RingName.STORE_GATEWAY, config.storeGatewayRing());
  }
}
