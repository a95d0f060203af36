package io.foursight.cmd;

import io.foursight.config.TenantOverrides;
import io.foursight.distributor.replication.QuorumWriter;
import io.foursight.distributor.replication.ReplicationMetrics;
import io.foursight.distributor.replication.ShardingLimits;
import io.foursight.distributor.traces.TracesFanOut;
import io.foursight.model.Blocks;
import io.foursight.model.Signal;
import io.foursight.model.traces.TracesSink;
import io.foursight.model.traces.TracesSource;
import io.foursight.model.traces.TracesWriteResult;
import io.foursight.querier.replication.Ingesters;
import io.foursight.querier.replication.ReplicationLimits;
import io.foursight.querier.replication.StoreGateways;
import io.foursight.querier.traces.ReplicatedTracesSource;
import io.foursight.querier.traces.ShardedTracesBlocks;
import io.foursight.querier.traces.TracesFanIn;
import io.foursight.querylanguages.traceql.plan.TextTests;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.RingName;
import io.foursight.runtime.ComponentContext;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.signals.BlocksService;
import io.foursight.wire.signals.EncodedSink;
import io.foursight.wire.signals.RemoteBlocks;
import io.foursight.wire.traces.rpc.RemoteTracesSource;
import io.foursight.wire.traces.rpc.TracesSinkService;
import io.foursight.wire.traces.rpc.TracesSourceMethods;
import io.foursight.wire.traces.rpc.TracesSourceService;

/// Traces between processes: what this one serves to others, and the ports that lead to whoever the
/// rings name. In one process the ports are plain calls.
final class TracesCluster {
  private static final RpcMethod PLAN =
      BlocksService.method(TracesSourceMethods.STORE_GATEWAY.service());

  private final FoursightConfig config;
  private final TenantOverrides overrides;
  private final ComponentContext context;
  private final ClusterWiring cluster;
  private final IngesterWiring ingester;
  private final StoreGatewayWiring storeGateway;

  TracesCluster(
      FoursightConfig config,
      TenantOverrides overrides,
      ComponentContext context,
      ClusterWiring cluster,
      IngesterWiring ingester,
      StoreGatewayWiring storeGateway) {
    this.config = config;
    this.overrides = overrides;
    this.context = context;
    this.cluster = cluster;
    this.ingester = ingester;
    this.storeGateway = storeGateway;
  }

  // ---- what this process serves ----

  static <I extends TracesSink & TracesSource> void serveIngester(ClusterWiring cluster, I local) {
    var service = new RpcService(TracesSourceMethods.INGESTER.service());
    TracesSinkService.register(service, local);
    TracesSourceService.register(
        service, TracesSourceMethods.INGESTER, blocks -> local, TextTests::parse);
    cluster.serve(service);
  }

  static void serveStoreGateway(ClusterWiring cluster, Blocks<TracesSource> local) {
    var service = new RpcService(TracesSourceMethods.STORE_GATEWAY.service());
    BlocksService.register(service, PLAN, local);
    TracesSourceService.register(
        service, TracesSourceMethods.STORE_GATEWAY, local::only, TextTests::parse);
    cluster.serve(service);
  }

  // ---- where ports lead ----

  TracesSink sink() {
    if (!cluster.isClustered()) {
      return ingester.traces();
    }
    return new TracesFanOut(
        ingester.ring(),
        this::sinkOf,
        new QuorumWriter(
            DistributorWiring.underwayBytes(),
            new ReplicationMetrics(context.meters(), Signal.TRACES)),
        overrides.limits(ShardingLimits.class));
  }

  TracesFanIn source() {
    if (!cluster.isClustered()) {
      return new TracesFanIn(ingester.traces(), storeGateway.traces());
    }
    var limits = overrides.limits(ReplicationLimits.class);
    return new TracesFanIn(
        new ReplicatedTracesSource(
            new Ingesters<>(ingester.ring(), this::sourceOf, limits, context.clock())),
        new ShardedTracesBlocks(
            new StoreGateways<>(
                storeGateway.ring(), this::blocksOf, limits, cluster::isUnreachable)));
  }

  private boolean isIngesterHere(InstanceDescriptor instance) {
    return cluster.isHere(RingName.INGESTER, instance);
  }

  private EncodedSink<TracesWriteResult> sinkOf(InstanceDescriptor instance) {
    return isIngesterHere(instance)
        ? TracesSinkService.local(ingester.traces())
        : TracesSinkService.remote(cluster.caller(instance.address()), config.remoteTimeout());
  }

  private TracesSource sourceOf(InstanceDescriptor instance) {
    return isIngesterHere(instance)
        ? ingester.traces()
        : new RemoteTracesSource(cluster.caller(instance.address()), TracesSourceMethods.INGESTER);
  }

  private Blocks<TracesSource> blocksOf(InstanceDescriptor instance) {
    if (cluster.isHere(RingName.STORE_GATEWAY, instance)) {
      return storeGateway.traces();
    }
    var caller = cluster.caller(instance.address());
    return new RemoteBlocks<>(
        caller,
        PLAN,
        blocks -> new RemoteTracesSource(caller, TracesSourceMethods.STORE_GATEWAY, blocks));
  }
}
