package io.foursight.cmd;

import io.foursight.config.TenantOverrides;
import io.foursight.distributor.logs.LogsFanOut;
import io.foursight.distributor.replication.QuorumWriter;
import io.foursight.distributor.replication.ReplicationMetrics;
import io.foursight.distributor.replication.ShardingLimits;
import io.foursight.model.Blocks;
import io.foursight.model.Signal;
import io.foursight.model.logs.LogsLateWrites;
import io.foursight.model.logs.LogsSink;
import io.foursight.model.logs.LogsSource;
import io.foursight.model.logs.LogsTailSource;
import io.foursight.model.logs.LogsWriteResult;
import io.foursight.querier.logs.LogsFanIn;
import io.foursight.querier.logs.LogsQuerier;
import io.foursight.querier.logs.ReplicatedLogsLateWrites;
import io.foursight.querier.logs.ReplicatedLogsSource;
import io.foursight.querier.logs.ReplicatedLogsTails;
import io.foursight.querier.logs.ShardedLogsBlocks;
import io.foursight.querier.replication.Ingesters;
import io.foursight.querier.replication.ReplicationLimits;
import io.foursight.querier.replication.StoreGateways;
import io.foursight.querylanguages.regex.RegexMatcher;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.RingName;
import io.foursight.runtime.ComponentContext;
import io.foursight.wire.logs.rpc.LogsExpressions;
import io.foursight.wire.logs.rpc.LogsLateWritesService;
import io.foursight.wire.logs.rpc.LogsRunnerService;
import io.foursight.wire.logs.rpc.LogsSinkService;
import io.foursight.wire.logs.rpc.LogsSourceMethods;
import io.foursight.wire.logs.rpc.LogsSourceService;
import io.foursight.wire.logs.rpc.LogsTailService;
import io.foursight.wire.logs.rpc.RemoteLogsSource;
import io.foursight.wire.logs.rpc.RemoteLogsTailSource;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.signals.BlocksService;
import io.foursight.wire.signals.EncodedSink;
import io.foursight.wire.signals.RemoteBlocks;

/// Logs between processes: what this one serves to others, and the ports that lead to whoever the
/// rings name. In one process the ports are plain calls.
final class LogsCluster {
  private static final LogsExpressions EXPRESSIONS =
      new LogsExpressions(RegexMatcher::compile, LogqlLineTests::compile);
  private static final RpcMethod PLAN =
      BlocksService.method(LogsSourceMethods.STORE_GATEWAY.service());

  private final FoursightConfig config;
  private final TenantOverrides overrides;
  private final ComponentContext context;
  private final ClusterWiring cluster;
  private final IngesterWiring ingester;
  private final StoreGatewayWiring storeGateway;

  LogsCluster(
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

  static <I extends LogsSink & LogsSource & LogsTailSource & LogsLateWrites> void serveIngester(
      ClusterWiring cluster, I local) {
    var service = new RpcService(LogsSourceMethods.INGESTER.service());
    LogsSinkService.register(service, local);
    LogsSourceService.register(
        service, LogsSourceMethods.INGESTER, (tenants, blocks) -> local, EXPRESSIONS);
    LogsTailService.register(service, local, RegexMatcher::compile);
    LogsLateWritesService.register(service, LogsLateWritesService.INGESTER, local);
    cluster.serve(service);
  }

  static void serveStoreGateway(ClusterWiring cluster, Blocks<LogsSource> local) {
    var service = new RpcService(LogsSourceMethods.STORE_GATEWAY.service());
    BlocksService.register(service, PLAN, local);
    LogsSourceService.register(
        service,
        LogsSourceMethods.STORE_GATEWAY,
        (tenants, blocks) -> local.only(blocks),
        EXPRESSIONS);
    cluster.serve(service);
  }

  /// What query-frontends come for.
  static RpcService querierService(LogsQuerier querier, LogsLateWrites lateWrites) {
    var service = new RpcService(LogsSourceMethods.QUERIER.service());
    LogsRunnerService.register(service, querier);
    LogsLateWritesService.register(service, LogsLateWritesService.QUERIER, lateWrites);
    LogsSourceService.register(
        service,
        LogsSourceMethods.QUERIER,
        (tenants, blocks) -> querier.source(tenants),
        EXPRESSIONS);
    return service;
  }

  // ---- where ports lead ----

  LogsSink sink() {
    if (!cluster.isClustered()) {
      return ingester.logs();
    }
    return new LogsFanOut(
        ingester.ring(),
        this::sinkOf,
        new QuorumWriter(
            DistributorWiring.underwayBytes(),
            new ReplicationMetrics(context.meters(), Signal.LOGS)),
        overrides.limits(ShardingLimits.class));
  }

  LogsFanIn source() {
    if (!cluster.isClustered()) {
      return new LogsFanIn(ingester.logs(), storeGateway.logs());
    }
    var limits = overrides.limits(ReplicationLimits.class);
    return new LogsFanIn(
        new ReplicatedLogsSource(
            new Ingesters<>(ingester.ring(), this::sourceOf, limits, context.clock())),
        new ShardedLogsBlocks(
            new StoreGateways<>(
                storeGateway.ring(), this::blocksOf, limits, cluster::isUnreachable),
            () -> ingester.ring().ring().rules().replicationFactor()),
        new ReplicatedLogsTails(
            new Ingesters<>(ingester.ring(), this::tailsOf, limits, context.clock())));
  }

  /// What the ingesters of the ring know.
  LogsLateWrites lateWrites() {
    return new ReplicatedLogsLateWrites(ingester.ring(), this::lateWritesOf);
  }

  private LogsLateWrites lateWritesOf(InstanceDescriptor instance) {
    return isIngesterHere(instance)
        ? ingester.logs()
        : LogsLateWritesService.remote(
            cluster.caller(instance.address()), LogsLateWritesService.INGESTER);
  }

  private boolean isIngesterHere(InstanceDescriptor instance) {
    return cluster.isHere(RingName.INGESTER, instance);
  }

  private EncodedSink<LogsWriteResult> sinkOf(InstanceDescriptor instance) {
    return isIngesterHere(instance)
        ? LogsSinkService.local(ingester.logs())
        : LogsSinkService.remote(cluster.caller(instance.address()), config.remoteTimeout());
  }

  private LogsSource sourceOf(InstanceDescriptor instance) {
    return isIngesterHere(instance)
        ? ingester.logs()
        : new RemoteLogsSource(cluster.caller(instance.address()), LogsSourceMethods.INGESTER);
  }

  private LogsTailSource tailsOf(InstanceDescriptor instance) {
    return isIngesterHere(instance)
        ? ingester.logs()
        : new RemoteLogsTailSource(cluster.caller(instance.address()));
  }

  private Blocks<LogsSource> blocksOf(InstanceDescriptor instance) {
    if (cluster.isHere(RingName.STORE_GATEWAY, instance)) {
      return storeGateway.logs();
    }
    var caller = cluster.caller(instance.address());
    return new RemoteBlocks<>(
        caller,
        PLAN,
        blocks ->
            new RemoteLogsSource(
                caller, LogsSourceMethods.STORE_GATEWAY, java.util.List.of(), blocks));
  }
}
