package io.foursight.cmd;

import io.foursight.config.TenantOverrides;
import io.foursight.model.profiles.ProfilesQueryRunner;
import io.foursight.model.traces.TracesQueryRunner;
import io.foursight.queryfrontend.BuildInfo;
import io.foursight.queryfrontend.FairQueue;
import io.foursight.queryfrontend.FrontendLimits;
import io.foursight.queryfrontend.Retries;
import io.foursight.queryfrontend.logs.LogsQueryFrontend;
import io.foursight.queryfrontend.logs.LogsQueryLimits;
import io.foursight.queryfrontend.logs.RetryingLogsRunner;
import io.foursight.queryfrontend.metrics.MetricsQueryFrontend;
import io.foursight.queryfrontend.metrics.MetricsQueryLimits;
import io.foursight.queryfrontend.metrics.RetryingMetricsRunner;
import io.foursight.queryfrontend.profiles.ProfilesQueryFrontend;
import io.foursight.queryfrontend.profiles.ProfilesQueryLimits;
import io.foursight.queryfrontend.profiles.RetryingProfilesRunner;
import io.foursight.queryfrontend.traces.RetryingTracesRunner;
import io.foursight.queryfrontend.traces.TracesQueryFrontend;
import io.foursight.queryfrontend.traces.TracesQueryLimits;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import io.foursight.runtime.Service;
import io.foursight.runtime.http.Door;
import io.foursight.wire.logs.rpc.LogsFollowService;
import io.foursight.wire.logs.rpc.LogsLateWritesService;
import io.foursight.wire.logs.rpc.LogsRunnerService;
import io.foursight.wire.logs.rpc.LogsSourceMethods;
import io.foursight.wire.logs.rpc.RemoteLogsSource;
import io.foursight.wire.metrics.rpc.MetricsCardinalityService;
import io.foursight.wire.metrics.rpc.MetricsSourceMethods;
import io.foursight.wire.metrics.rpc.RemoteMetricsCardinality;
import io.foursight.wire.metrics.rpc.RemoteMetricsQueryRunner;
import io.foursight.wire.metrics.rpc.RemoteMetricsSource;
import io.foursight.wire.profiles.rpc.ProfilesRunnerService;
import io.foursight.wire.rpc.WorkerPool;
import io.foursight.wire.traces.rpc.TracesRunnerService;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/// The public read door.
final class QueryFrontendWiring {
  private final FoursightConfig config;
  private final TenantOverrides overrides;
  private final ComponentContext context;
  private final ClusterWiring cluster;
  private final Set<String> roots;
  private final StorageWiring storage;
  private final QuerierWiring querier;
  private final Retries retries;

  QueryFrontendWiring(
      FoursightConfig config,
      TenantOverrides overrides,
      ComponentContext context,
      ClusterWiring cluster,
      Set<String> roots,
      StorageWiring storage,
      QuerierWiring querier) {
    this.config = config;
    this.overrides = overrides;
    this.context = context;
    this.storage = storage;
    this.querier = querier;
    this.cluster = cluster;
    this.roots = roots;
    this.retries = new Retries(config.maxRetriesPerRequest());
  }

  Module module() {
    return new Module(
        "query-frontend",
        queriesHere() ? cluster.needs("querier", "storage") : cluster.needs("storage"),
        this::frontend);
  }

  /// Whether the querier of this process does the work; otherwise others come for it.
  private boolean queriesHere() {
    return !cluster.isClustered() || roots.contains("querier");
  }

  private Service frontend() {
    var build = new BuildInfo(Version.text(), "unknown", "unknown", "unknown");
    var slots = new AtomicReference<IntConsumer>(n -> {});
    var limits = overrides.limits(FrontendLimits.class);
    var pool =
        new WorkerPool(
            WorkerPool.QUERIES,
            tenants -> FrontendLimits.queriers(limits, tenants),
            n -> slots.get().accept(n));
    var frontend =
        new MetricsQueryFrontend(
            queriesHere() ? local() : pulled(pool),
            config.queryFrontend(),
            overrides.limits(MetricsQueryLimits.class),
            build,
            context.routes(),
            context.clock(),
            context.meters());
    FairQueue logsQueue = logs(build, queriesHere() ? localLogs() : pulledLogs(pool));
    FairQueue tracesQueue =
        traces(build, queriesHere() ? querier.traces() : TracesRunnerService.remote(pool));
    FairQueue profilesQueue =
        profiles(build, queriesHere() ? querier.profiles() : ProfilesRunnerService.remote(pool));
    if (!queriesHere()) {
      List<FairQueue> queues = List.of(frontend.queue(), logsQueue, tracesQueue, profilesQueue);
      slots.set(n -> queues.forEach(queue -> queue.slots(n)));
      queues.forEach(queue -> {
        queue.slots(0);
        queue.mostSlots(pool::size);
      });
      context.routes().addGrpc(Door.INTERNAL_GRPC, pool);
      context.routes().onDrained(pool::close);
      cluster.notReadyWhile(() ->
          pool.size() > 0
              ? Optional.empty()
              : Optional.of("number of queriers connected to query-frontend is 0"));
    }
    return new Routed();
  }

  private MetricsQueryFrontend.Ports local() {
    return new MetricsQueryFrontend.Ports(
        cluster.isClustered()
            ? new RetryingMetricsRunner(querier.metrics(), retries)
            : querier.metrics(),
        querier.metrics()::source,
        querier.cardinality(),
        querier.lateWrites(),
        overrides::valuesOf);
  }

  private MetricsQueryFrontend.Ports pulled(WorkerPool pool) {
    var heads = new RemoteMetricsCardinality(pool, MetricsCardinalityService.Methods.QUERIER);
    return new MetricsQueryFrontend.Ports(
        new RetryingMetricsRunner(new RemoteMetricsQueryRunner(pool), retries),
        tenants -> new RemoteMetricsSource(pool, MetricsSourceMethods.QUERIER, tenants, List.of()),
        heads,
        heads,
        overrides::valuesOf);
  }

  private LogsQueryFrontend.Ports localLogs() {
    return new LogsQueryFrontend.Ports(
        cluster.isClustered() ? new RetryingLogsRunner(querier.logs(), retries) : querier.logs(),
        querier.logs()::source,
        querier.logsLateWrites(),
        querier.logs(),
        overrides::valuesOf);
  }

  private LogsQueryFrontend.Ports pulledLogs(WorkerPool pool) {
    var followers = new WorkerPool(WorkerPool.FOLLOWERS, n -> {});
    context.routes().addGrpc(Door.INTERNAL_GRPC, followers);
    context.routes().onDrained(followers::close);
    return new LogsQueryFrontend.Ports(
        new RetryingLogsRunner(LogsRunnerService.remote(pool), retries),
        tenants -> new RemoteLogsSource(pool, LogsSourceMethods.QUERIER, tenants, List.of()),
        LogsLateWritesService.remote(pool, LogsLateWritesService.QUERIER),
        LogsFollowService.remote(followers),
        overrides::valuesOf);
  }

  private FairQueue logs(BuildInfo build, LogsQueryFrontend.Ports ports) {
    return new LogsQueryFrontend(
            ports,
            config.queryFrontend(),
            overrides.limits(LogsQueryLimits.class),
            build,
            context.routes(),
            context.clock(),
            context.meters())
        .queue();
  }

  private FairQueue traces(BuildInfo build, TracesQueryRunner runner) {
    return new TracesQueryFrontend(
            cluster.isClustered() ? new RetryingTracesRunner(runner, retries) : runner,
            config.queryFrontend(),
            overrides.limits(TracesQueryLimits.class),
            build,
            context.routes(),
            context.clock(),
            context.meters())
        .queue();
  }

  private FairQueue profiles(BuildInfo build, ProfilesQueryRunner runner) {
    return new ProfilesQueryFrontend(
            new ProfilesQueryFrontend.Ports(
                cluster.isClustered() ? new RetryingProfilesRunner(runner, retries) : runner,
                new StoredTenantObjects(storage::profilesObjects),
                overrides::valuesOf),
            config.queryFrontend(),
            overrides.limits(ProfilesQueryLimits.class),
            build,
            context.routes(),
            context.clock(),
            context.meters())
        .queue();
  }
}
