package io.foursight.cmd;

import io.foursight.config.TenantOverrides;
import io.foursight.distributor.DistributorLimits;
import io.foursight.distributor.RelabelExpression;
import io.foursight.distributor.logs.LogsWriteDoor;
import io.foursight.distributor.logs.LogsWriteLimits;
import io.foursight.distributor.metrics.MetricsFanOut;
import io.foursight.distributor.metrics.MetricsWriteDoor;
import io.foursight.distributor.profiles.ProfilesWriteDoor;
import io.foursight.distributor.profiles.ProfilesWriteLimits;
import io.foursight.distributor.replication.QuorumWriter;
import io.foursight.distributor.replication.ReplicationMetrics;
import io.foursight.distributor.replication.ShardingLimits;
import io.foursight.distributor.traces.TracesWriteDoor;
import io.foursight.distributor.traces.TracesWriteLimits;
import io.foursight.model.Signal;
import io.foursight.model.metrics.MetricsSink;
import io.foursight.querylanguages.regex.RegexReplacer;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import io.foursight.runtime.Service;
import java.util.List;
import java.util.Set;

/// The push routes, before the ingester of this process or those of the ring.
final class DistributorWiring {
  /// The part of the heap that messages to ingesters may hold.
  private static final int UNDERWAY_SHARE = 4;

  static final RelabelExpression.Compiler RELABEL_EXPRESSIONS =
      expression -> RegexReplacer.compile(expression)::replace;

  private final FoursightConfig config;
  private final TenantOverrides overrides;
  private final ComponentContext context;
  private final ClusterWiring cluster;
  private final IngesterWiring ingester;
  private final LogsCluster logs;
  private final TracesCluster traces;
  private final ProfilesCluster profiles;

  DistributorWiring(
      FoursightConfig config,
      TenantOverrides overrides,
      ComponentContext context,
      ClusterWiring cluster,
      IngesterWiring ingester,
      LogsCluster logs,
      TracesCluster traces,
      ProfilesCluster profiles) {
    this.config = config;
    this.overrides = overrides;
    this.context = context;
    this.cluster = cluster;
    this.ingester = ingester;
    this.logs = logs;
    this.traces = traces;
    this.profiles = profiles;
  }

  Module module() {
    return new Module(
        "distributor",
        cluster.isClustered() ? cluster.needs() : Set.of("ingester"),
        this::distributor);
  }

  private Service distributor() {
    var metrics =
        new MetricsWriteDoor(
            context,
            config.distributor(),
            overrides.limits(DistributorLimits.class),
            metricsSink(),
            ingester.hash(),
            RELABEL_EXPRESSIONS,
            cluster.rateShare(),
            cluster.haElections());
    var logsDoor =
        new LogsWriteDoor(
            context,
            config.distributor(),
            overrides.limits(LogsWriteLimits.class),
            logs.sink(),
            cluster.rateShare());
    var tracesDoor =
        new TracesWriteDoor(
            context,
            config.distributor(),
            overrides.limits(TracesWriteLimits.class),
            traces.sink(),
            cluster.rateShare());
    var profilesDoor =
        new ProfilesWriteDoor(
            context,
            config.distributor(),
            overrides.limits(ProfilesWriteLimits.class),
            profiles.sink(),
            RELABEL_EXPRESSIONS,
            cluster.rateShare());
    return new Together(List.of(metrics, logsDoor, tracesDoor, profilesDoor));
  }

  /// What messages to ingesters may hold, of each signal.
  static long underwayBytes() {
    return Runtime.getRuntime().maxMemory() / UNDERWAY_SHARE;
  }

  private MetricsSink metricsSink() {
    if (!cluster.isClustered()) {
      return ingester.metrics();
    }
    return new MetricsFanOut(
        ingester.ring(),
        ingester::sinkOf,
        new QuorumWriter(underwayBytes(), new ReplicationMetrics(context.meters(), Signal.METRICS)),
        overrides.limits(ShardingLimits.class));
  }
}
