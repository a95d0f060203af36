package io.foursight.cmd;

import io.foursight.cmd.FrontendWorkers.Lane;
import io.foursight.config.TenantOverrides;
import io.foursight.model.logs.LogsLateWrites;
import io.foursight.model.metrics.MetricsCardinality;
import io.foursight.model.metrics.MetricsLateWrites;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.querier.logs.LogsFanIn;
import io.foursight.querier.logs.LogsQuerier;
import io.foursight.querier.metrics.MetricsFanIn;
import io.foursight.querier.metrics.MetricsQuerier;
import io.foursight.querier.metrics.MetricsQuerierLimits;
import io.foursight.querier.metrics.ReplicatedMetricsCardinality;
import io.foursight.querier.metrics.ReplicatedMetricsSource;
import io.foursight.querier.metrics.ShardedMetricsBlocks;
import io.foursight.querier.profiles.ProfilesQuerier;
import io.foursight.querier.replication.Ingesters;
import io.foursight.querier.replication.ReplicationLimits;
import io.foursight.querier.replication.StoreGateways;
import io.foursight.querier.traces.TracesQuerier;
import io.foursight.querylanguages.promql.eval.PromqlEngine;
import io.foursight.querylanguages.regex.RegexMatcher;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import io.foursight.runtime.Service;
import io.foursight.wire.logs.rpc.LogsFollowService;
import io.foursight.wire.metrics.rpc.MetricsCardinalityService;
import io.foursight.wire.metrics.rpc.MetricsRunnerService;
import io.foursight.wire.metrics.rpc.MetricsSourceMethods;
import io.foursight.wire.metrics.rpc.MetricsSourceService;
import io.foursight.wire.profiles.rpc.ProfilesRunnerService;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.rpc.WorkerPool;
import io.foursight.wire.traces.rpc.TracesRunnerService;
import java.util.List;
import java.util.Set;

/// PromQL, LogQL, TraceQL and queries of profiles over recent and historic data.
final class QuerierWiring {
  /// Queries that one querier follows at once.
  private static final int FOLLOWERS = 100;

  private final FoursightConfig config;
  private final ComponentContext context;
  private final TenantOverrides overrides;
  private final ClusterWiring cluster;
  private final IngesterWiring ingester;
  private final StoreGatewayWiring storeGateway;
  private final StorageWiring storage;
  private final LogsCluster logsCluster;
  private final Lazy<MetricsQuerier> metrics;
  private final Lazy<LogsQuerier> logs;
  private final Lazy<TracesQuerier> traces;
  private final Lazy<ProfilesQuerier> profiles;

  QuerierWiring(
      FoursightConfig config,
      TenantOverrides overrides,
      ComponentContext context,
      ClusterWiring cluster,
      StorageWiring storage,
      IngesterWiring ingester,
      StoreGatewayWiring storeGateway,
      LogsCluster logsCluster,
      TracesCluster tracesCluster,
      ProfilesCluster profilesCluster) {
    this.config = config;
    this.context = context;
    this.overrides = overrides;
    this.cluster = cluster;
    this.ingester = ingester;
    this.storeGateway = storeGateway;
    this.storage = storage;
    this.logsCluster = logsCluster;
    logs =
        new Lazy<>(() -> {
          LogsFanIn source = logsCluster.source();
          return new LogsQuerier(
              source,
              source,
              storage.logsDeletions(),
              config.querier(),
              context.clock(),
              context.meters());
        });
    traces =
        new Lazy<>(
            () -> new TracesQuerier(tracesCluster.source(), config.querier(), context.meters()));
    profiles =
        new Lazy<>(() ->
            new ProfilesQuerier(profilesCluster.source(), config.querier(), context.meters()));
    metrics =
        new Lazy<>(() ->
            new MetricsQuerier(
                source(),
                (request, source, helpers) -> new PromqlEngine(source, helpers).run(request),
                overrides.limits(MetricsQuerierLimits.class),
                config.querier(),
                context.meters()));
  }

  MetricsQuerier metrics() {
    return metrics.get();
  }

  LogsQuerier logs() {
    return logs.get();
  }

  /// As [#logs].
  TracesQuerier traces() {
    return traces.get();
  }

  /// As [#logs].
  ProfilesQuerier profiles() {
    return profiles.get();
  }

  Module module() {
    return new Module(
        "querier",
        cluster.isClustered() ? cluster.needs() : Set.of("ingester", "store-gateway"),
        this::querier);
  }

  private Service querier() {
    MetricsQuerier querier = metrics.get();
    List<String> frontends = config.frontendAddress();
    var all = new Together(List.of(querier, logs.get(), traces.get(), profiles.get()));
    if (!cluster.isClustered() || frontends.isEmpty()) {
      return all;
    }
    var service = new RpcService(MetricsSourceMethods.QUERIER.service());
    MetricsRunnerService.register(service, querier);
    MetricsSourceService.register(
        service,
        MetricsSourceMethods.QUERIER,
        (tenants, blocks) -> querier.source(tenants),
        RegexMatcher::compile);
    MetricsCardinalityService.register(
        service,
        MetricsCardinalityService.Methods.QUERIER,
        cardinality(),
        lateWrites(),
        RegexMatcher::compile);
    return new FrontendWorkers(
        frontends,
        cluster.workerName(),
        cluster.pool(),
        List.of(
            new Lane(
                WorkerPool.QUERIES,
                config.querier().threads(),
                List.of(
                    service,
                    LogsCluster.querierService(logs.get(), logsLateWrites()),
                    TracesRunnerService.of(traces.get()),
                    ProfilesRunnerService.of(profiles.get())),
                true),
            new Lane(
                WorkerPool.FOLLOWERS, FOLLOWERS, List.of(LogsFollowService.of(logs.get())), false)),
        all);
  }

  private MetricsSource source() {
    if (!cluster.isClustered()) {
      return new MetricsFanIn(List.of(storeGateway.metrics(), ingester.metrics()));
    }
    var limits = overrides.limits(ReplicationLimits.class);
    return new MetricsFanIn(
        List.of(
            new ShardedMetricsBlocks(
                new StoreGateways<>(
                    storeGateway.ring(), storeGateway::blocksOf, limits, cluster::isUnreachable)),
            new ReplicatedMetricsSource(
                new Ingesters<>(ingester.ring(), ingester::sourceOf, limits, context.clock()))));
  }

  /// What the heads tell about themselves.
  MetricsCardinality cardinality() {
    return cluster.isClustered() ? replicated() : ingester.metrics();
  }

  MetricsLateWrites lateWrites() {
    return cluster.isClustered() ? replicated() : ingester.metrics().and(storeGateway.metrics());
  }

  /// Late entries and deletions.
  LogsLateWrites logsLateWrites() {
    LogsLateWrites entries =
        cluster.isClustered() ? logsCluster.lateWrites() : ingester.logs().and(storeGateway.logs());
    return entries.and((tenant, range) -> storage.logsDeletions().version(tenant));
  }

  private ReplicatedMetricsCardinality replicated() {
    return new ReplicatedMetricsCardinality(
        ingester.ring(), ingester::cardinalityOf, ingester::lateWritesOf);
  }
}
