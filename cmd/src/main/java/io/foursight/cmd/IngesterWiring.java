package io.foursight.cmd;

import io.foursight.config.TenantOverrides;
import io.foursight.ingester.Flusher;
import io.foursight.ingester.Ingester;
import io.foursight.ingester.IngesterMetrics;
import io.foursight.ingester.IngesterRoutes;
import io.foursight.ingester.SharedWal;
import io.foursight.ingester.SignalHeads;
import io.foursight.ingester.SignalShelf;
import io.foursight.ingester.logs.LogsIngester;
import io.foursight.ingester.logs.LogsLimits;
import io.foursight.ingester.metrics.MetricsIngester;
import io.foursight.ingester.metrics.MetricsLimits;
import io.foursight.ingester.profiles.ProfilesIngester;
import io.foursight.ingester.profiles.ProfilesLimits;
import io.foursight.ingester.traces.TracesIngester;
import io.foursight.ingester.traces.TracesLimits;
import io.foursight.model.BlockPickup;
import io.foursight.model.Deadline;
import io.foursight.model.SeriesHash;
import io.foursight.model.Signal;
import io.foursight.model.metrics.MetricsCardinality;
import io.foursight.model.metrics.MetricsLateWrites;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.MetricsWriteResult;
import io.foursight.querylanguages.regex.RegexMatcher;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.RingClient;
import io.foursight.ring.RingName;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import io.foursight.runtime.Service;
import io.foursight.storage.block.BlockStore;
import io.foursight.storage.wal.FileWal;
import io.foursight.wire.metrics.rpc.MetricsCardinalityService;
import io.foursight.wire.metrics.rpc.MetricsSinkService;
import io.foursight.wire.metrics.rpc.MetricsSourceMethods;
import io.foursight.wire.metrics.rpc.MetricsSourceService;
import io.foursight.wire.metrics.rpc.RemoteMetricsCardinality;
import io.foursight.wire.metrics.rpc.RemoteMetricsSource;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.signals.EncodedSink;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Log, heads and flushing. Owns the key of the process's series hash, which the decoders share.
final class IngesterWiring {
  private static final long HANDOVER_POLL_MILLIS = 200;

  private final ComponentContext context;
  private final FoursightConfig config;
  private final ClusterWiring cluster;
  private final SeriesHash hash;
  private final Lazy<SharedWal> wal;
  private final Lazy<IngesterMetrics> meters;
  private final Lazy<MetricsIngester> metrics;
  private final Lazy<IngesterMetrics> logsMeters;
  private final Lazy<LogsIngester> logs;
  private final Lazy<IngesterMetrics> tracesMeters;
  private final Lazy<TracesIngester> traces;
  private final Lazy<IngesterMetrics> profilesMeters;
  private final Lazy<ProfilesIngester> profiles;
  private final StorageWiring storage;
  private final StoreGatewayWiring storeGateway;

  IngesterWiring(
      FoursightConfig config,
      TenantOverrides overrides,
      ComponentContext context,
      ClusterWiring cluster,
      StorageWiring storage,
      StoreGatewayWiring storeGateway) {
    var random = new SecureRandom();
    this.config = config;
    this.context = context;
    this.cluster = cluster;
    this.storage = storage;
    this.storeGateway = storeGateway;
    this.hash = new SeriesHash(random.nextLong(), random.nextLong());
    this.wal =
        new Lazy<>(() ->
            new SharedWal(
                new FileWal(context.dataDir().resolve("wal"), config.wal(), context.meters()),
                EnumSet.allOf(Signal.class)));
    this.meters = new Lazy<>(() -> new IngesterMetrics(context.meters(), Signal.METRICS));
    this.metrics =
        new Lazy<>(() ->
            new MetricsIngester(
                config.ingester(),
                overrides.limits(MetricsLimits.class),
                wal.get().of(Signal.METRICS),
                hash,
                context.clock(),
                random,
                meters.get()));
    this.logsMeters = new Lazy<>(() -> new IngesterMetrics(context.meters(), Signal.LOGS));
    this.logs =
        new Lazy<>(() ->
            new LogsIngester(
                config.ingester(),
                config.logsIngester(),
                overrides.limits(LogsLimits.class),
                wal.get().of(Signal.LOGS),
                hash,
                context.clock(),
                random,
                logsMeters.get()));
    this.tracesMeters = new Lazy<>(() -> new IngesterMetrics(context.meters(), Signal.TRACES));
    this.traces =
        new Lazy<>(() ->
            new TracesIngester(
                config.ingester(),
                config.tracesIngester(),
                overrides.limits(TracesLimits.class),
                wal.get().of(Signal.TRACES),
                hash,
                context.clock(),
                random,
                tracesMeters.get()));
    this.profilesMeters = new Lazy<>(() -> new IngesterMetrics(context.meters(), Signal.PROFILES));
    this.profiles =
        new Lazy<>(() ->
            new ProfilesIngester(
                config.ingester(),
                config.profilesIngester(),
                overrides.limits(ProfilesLimits.class),
                wal.get().of(Signal.PROFILES),
                context.clock(),
                random,
                profilesMeters.get()));
  }

  SeriesHash hash() {
    return hash;
  }

  MetricsIngester metrics() {
    return metrics.get();
  }

  LogsIngester logs() {
    return logs.get();
  }

  TracesIngester traces() {
    return traces.get();
  }

  ProfilesIngester profiles() {
    return profiles.get();
  }

  Module module() {
    Set<String> needs =
        cluster.isClustered()
            ? cluster.needs("storage")
            : cluster.needs("storage", "store-gateway");
    return new Module("ingester", needs, this::ingester);
  }

  RingClient ring() {
    return cluster.ring(RingName.INGESTER, config.ingesterRing());
  }

  /// The ingesters of the ring as their users see them, this process's own without a detour.
  EncodedSink<MetricsWriteResult> sinkOf(InstanceDescriptor instance) {
    return isHere(instance)
        ? MetricsSinkService.local(metrics.get(), hash)
        : MetricsSinkService.remote(cluster.caller(instance.address()), config.remoteTimeout());
  }

  MetricsSource sourceOf(InstanceDescriptor instance) {
    return isHere(instance)
        ? metrics.get()
        : new RemoteMetricsSource(
            cluster.caller(instance.address()), MetricsSourceMethods.INGESTER);
  }

  MetricsCardinality cardinalityOf(InstanceDescriptor instance) {
    return isHere(instance) ? metrics.get() : remoteCardinality(instance);
  }

  MetricsLateWrites lateWritesOf(InstanceDescriptor instance) {
    return isHere(instance) ? metrics.get() : remoteCardinality(instance);
  }

  private boolean isHere(InstanceDescriptor instance) {
    return cluster.isHere(RingName.INGESTER, instance);
  }

  private RemoteMetricsCardinality remoteCardinality(InstanceDescriptor instance) {
    return new RemoteMetricsCardinality(
        cluster.caller(instance.address()), MetricsCardinalityService.Methods.INGESTER);
  }

  private void serve() {
    var service = new RpcService(MetricsSourceMethods.INGESTER.service());
    MetricsIngester local = metrics.get();
    MetricsSinkService.register(service, local, hash);
    MetricsSourceService.register(
        service, MetricsSourceMethods.INGESTER, (tenants, blocks) -> local, RegexMatcher::compile);
    MetricsCardinalityService.register(
        service, MetricsCardinalityService.Methods.INGESTER, local, local, RegexMatcher::compile);
    cluster.serve(service);
    LogsCluster.serveIngester(cluster, logs.get());
    TracesCluster.serveIngester(cluster, traces.get());
    ProfilesCluster.serveIngester(cluster, profiles.get());
  }

  /// Uploads everything if the next stop shall, and waits until queries find it in the blocks.
  private boolean handOver(Ingester ingester, Deadline deadline) {
    if (!config.ingester().flushOnShutdown() && !ingester.isShutdownPrepared()) {
      return false;
    }
    if (ingester.isShutdownPrepared()) {
      // It is to go for good, whatever the instances that only restart do.
      cluster.life(RingName.INGESTER).get().ifPresent(life -> life.unregisterOnShutdown(true));
    }
    ingester.shutdown();
    while (storeGateway.pickup() instanceof RingPickup pickup && pickup.isWaiting()) {
      if (deadline.expired()) {
        return false;
      }
      ingester.flush(Optional.empty(), true);
      try {
        Thread.sleep(HANDOVER_POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  private Service ingester() {
    serve();
    Path directory = context.dataDir().resolve("ingester");
    var ingester =
        new Ingester(
            config.ingester(),
            wal.get().wal(),
            List.of(
                shelf(
                    metrics.get(),
                    storage.metricsBlocks(),
                    storeGateway.pickup(),
                    directory,
                    meters.get()),
                shelf(
                    logs.get(),
                    storage.logsBlocks(),
                    storeGateway.pickup(),
                    directory,
                    logsMeters.get()),
                shelf(
                    traces.get(),
                    storage.tracesBlocks(),
                    storeGateway.pickup(),
                    directory,
                    tracesMeters.get()),
                shelf(
                    profiles.get(),
                    storage.profilesBlocks(),
                    storeGateway.pickup(),
                    directory,
                    profilesMeters.get())),
            directory);
    new IngesterRoutes(ingester).register(context.routes());
    new DrainRoutes(cluster.life(RingName.INGESTER), config.ingesterRing().unregisterOnShutdown())
        .registerIngester(context.routes());
    return cluster.seat(
        RingName.INGESTER,
        config.ingesterRing(),
        ingester,
        deadline -> handOver(ingester, deadline));
  }

  private SignalShelf shelf(
      SignalHeads<?, ?> heads,
      BlockStore blocks,
      BlockPickup pickup,
      Path directory,
      IngesterMetrics signalMeters) {
    Signal signal = heads.signal();
    return new SignalShelf(
        heads,
        new Flusher(
            heads,
            config.ingester(),
            wal.get().of(signal),
            blocks,
            pickup,
            directory.resolve(signal.plural()),
            context.clock(),
            signalMeters));
  }
}
