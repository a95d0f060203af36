package io.foursight.cmd;

import io.foursight.config.TenantOverrides;
import io.foursight.distributor.profiles.ProfilesFanOut;
import io.foursight.distributor.replication.QuorumWriter;
import io.foursight.distributor.replication.ReplicationMetrics;
import io.foursight.distributor.replication.ShardingLimits;
import io.foursight.model.Blocks;
import io.foursight.model.Signal;
import io.foursight.model.profiles.ProfilesSink;
import io.foursight.model.profiles.ProfilesSource;
import io.foursight.model.profiles.ProfilesWriteResult;
import io.foursight.querier.profiles.ProfilesFanIn;
import io.foursight.querier.profiles.ReplicatedProfilesSource;
import io.foursight.querier.profiles.ShardedProfilesBlocks;
import io.foursight.querier.replication.Ingesters;
import io.foursight.querier.replication.ReplicationLimits;
import io.foursight.querier.replication.StoreGateways;
import io.foursight.querylanguages.regex.RegexMatcher;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.RingName;
import io.foursight.runtime.ComponentContext;
import io.foursight.wire.profiles.rpc.ProfilesSinkService;
import io.foursight.wire.profiles.rpc.ProfilesSourceMethods;
import io.foursight.wire.profiles.rpc.ProfilesSourceService;
import io.foursight.wire.profiles.rpc.RemoteProfilesSource;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.signals.BlocksService;
import io.foursight.wire.signals.EncodedSink;
import io.foursight.wire.signals.RemoteBlocks;

/// Profiles between processes: what this one serves to others, and the ports that lead to whoever
/// the rings name. In one process the ports are plain calls.
final class ProfilesCluster {
  private static final RpcMethod PLAN =
      BlocksService.method(ProfilesSourceMethods.STORE_GATEWAY.service());

  private final FoursightConfig config;
  private final TenantOverrides overrides;
  private final ComponentContext context;
  private final ClusterWiring cluster;
  private final IngesterWiring ingester;
  private final StoreGatewayWiring storeGateway;

  ProfilesCluster(
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

  static <I extends ProfilesSink & ProfilesSource> void serveIngester(
      ClusterWiring cluster, I local) {
    var service = new RpcService(ProfilesSourceMethods.INGESTER.service());
    ProfilesSinkService.register(service, local);
    ProfilesSourceService.register(
        service, ProfilesSourceMethods.INGESTER, blocks -> local, RegexMatcher::compile);
    cluster.serve(service);
  }

  static void serveStoreGateway(ClusterWiring cluster, Blocks<ProfilesSource> local) {
    var service = new RpcService(ProfilesSourceMethods.STORE_GATEWAY.service());
    BlocksService.register(service, PLAN, local);
    ProfilesSourceService.register(
        service, ProfilesSourceMethods.STORE_GATEWAY, local::only, RegexMatcher::compile);
    cluster.serve(service);
  }

  // ---- where ports lead ----

  ProfilesSink sink() {
    if (!cluster.isClustered()) {
      return ingester.profiles();
    }
    return new ProfilesFanOut(
        ingester.ring(),
        this::sinkOf,
        new QuorumWriter(
            DistributorWiring.underwayBytes(),
            new ReplicationMetrics(context.meters(), Signal.PROFILES)),
        overrides.limits(ShardingLimits.class));
  }

  ProfilesFanIn source() {
    if (!cluster.isClustered()) {
      return new ProfilesFanIn(ingester.profiles(), storeGateway.profiles());
    }
    var limits = overrides.limits(ReplicationLimits.class);
    return new ProfilesFanIn(
        new ReplicatedProfilesSource(
            new Ingesters<>(ingester.ring(), this::sourceOf, limits, context.clock())),
        new ShardedProfilesBlocks(
            new StoreGateways<>(
                storeGateway.ring(), this::blocksOf, limits, cluster::isUnreachable),
            () -> ingester.ring().ring().rules().replicationFactor()));
  }

  private boolean isIngesterHere(InstanceDescriptor instance) {
    return cluster.isHere(RingName.INGESTER, instance);
  }

  private EncodedSink<ProfilesWriteResult> sinkOf(InstanceDescriptor instance) {
    return isIngesterHere(instance)
        ? ProfilesSinkService.local(ingester.profiles())
        : ProfilesSinkService.remote(cluster.caller(instance.address()), config.remoteTimeout());
  }

  private ProfilesSource sourceOf(InstanceDescriptor instance) {
    return isIngesterHere(instance)
        ? ingester.profiles()
        : new RemoteProfilesSource(
            cluster.caller(instance.address()), ProfilesSourceMethods.INGESTER);
  }

  private Blocks<ProfilesSource> blocksOf(InstanceDescriptor instance) {
    if (cluster.isHere(RingName.STORE_GATEWAY, instance)) {
      return storeGateway.profiles();
    }
    var caller = cluster.caller(instance.address());
    return new RemoteBlocks<>(
        caller,
        PLAN,
        blocks -> new RemoteProfilesSource(caller, ProfilesSourceMethods.STORE_GATEWAY, blocks));
  }
}
