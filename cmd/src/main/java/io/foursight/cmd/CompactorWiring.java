package io.foursight.cmd;

import io.foursight.cmd.RingSeat.Handover;
import io.foursight.compactor.Compactor;
import io.foursight.compactor.CompactorLimits;
import io.foursight.compactor.CompactorRoutes;
import io.foursight.compactor.CompactorService;
import io.foursight.compactor.Ownership;
import io.foursight.compactor.logs.EntryFilter;
import io.foursight.compactor.logs.LogsCompaction;
import io.foursight.compactor.logs.LogsCompactorLimits;
import io.foursight.compactor.logs.LogsDeleteRoutes;
import io.foursight.compactor.metrics.MetricsMerger;
import io.foursight.compactor.profiles.ProfilesCompaction;
import io.foursight.compactor.profiles.ProfilesCompactorLimits;
import io.foursight.compactor.traces.TracesCompaction;
import io.foursight.compactor.traces.TracesCompactorLimits;
import io.foursight.config.TenantOverrides;
import io.foursight.model.FoursightException;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.querier.replication.BlockShares;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.Operation;
import io.foursight.ring.Ring;
import io.foursight.ring.RingName;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import io.foursight.runtime.Service;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Merging, retention and deletion.
final class CompactorWiring {
  private final FoursightConfig config;
  private final TenantOverrides overrides;
  private final ComponentContext context;
  private final ClusterWiring cluster;
  private final StorageWiring storage;
  private final String holder = UUID.randomUUID().toString();

  CompactorWiring(
      FoursightConfig config,
      TenantOverrides overrides,
      ComponentContext context,
      ClusterWiring cluster,
      StorageWiring storage) {
    this.config = config;
    this.overrides = overrides;
    this.context = context;
    this.cluster = cluster;
    this.storage = storage;
  }

  Module module() {
    return new Module("compactor", cluster.needs("storage"), this::compactor);
  }

  private Service compactor() {
    var metrics =
        new Compactor(
            Signal.METRICS,
            storage.metricsBlocks(),
            new MetricsMerger(),
            config.compactor(),
            overrides.limits(CompactorLimits.class),
            context.dataDir().resolve("compactor").resolve("metrics"),
            context.clock(),
            new SecureRandom(),
            context.meters(),
            ownership(Signal.METRICS));
    EntryFilter.Compiler logql = text -> LogqlEntryFilter.compile(text, context.clock());
    var logsLimits = overrides.limits(LogsCompactorLimits.class);
    var logs =
        new LogsCompaction(
            storage.logsBlocks(),
            storage.logsDeletions(),
            logql,
            config.compactor(),
            overrides.limits(CompactorLimits.class),
            logsLimits,
            context.dataDir().resolve("compactor").resolve("logs"),
            context.clock(),
            new SecureRandom(),
            context.meters(),
            ownership(Signal.LOGS));
    new LogsDeleteRoutes(storage.logsDeletions(), logsLimits, logql, context.clock())
        .register(context.routes());
    Compactor traces =
        TracesCompaction.of(
            storage.tracesBlocks(),
            config.compactor(),
            overrides.limits(CompactorLimits.class),
            overrides.limits(TracesCompactorLimits.class),
            context.dataDir().resolve("compactor").resolve("traces"),
            context.clock(),
            new SecureRandom(),
            context.meters(),
            ownership(Signal.TRACES));
    Compactor profiles =
        ProfilesCompaction.of(
            storage.profilesBlocks(),
            config.compactor(),
            overrides.limits(CompactorLimits.class),
            overrides.limits(ProfilesCompactorLimits.class),
            context.dataDir().resolve("compactor").resolve("profiles"),
            context.clock(),
            new SecureRandom(),
            context.meters(),
            ownership(Signal.PROFILES));
    List<Compactor> compactors = List.of(metrics, logs.compactor(), traces, profiles);
    CompactorRoutes.register(context.routes(), compactors);
    return cluster.seat(
        RingName.COMPACTOR,
        config.compactorRing(),
        new CompactorService(compactors, config.compactor().compactionInterval()),
        Handover.NOTHING);
  }

  /// A tenant's blocks of a signal belong to one compactor of the ring; while two think so, the
  /// lease decides.
  private Ownership ownership(Signal signal) {
    return cluster.isClustered()
        ? new Ownership(tenant -> owns(signal, tenant), Optional.of(storage.leases(signal, holder)))
        : Ownership.ALL;
  }

  private boolean owns(Signal signal, TenantId tenant) {
    try {
      Ring ring = cluster.ring(RingName.COMPACTOR, config.compactorRing()).ring();
      List<InstanceDescriptor> owners =
          ring.get(BlockShares.token(tenant.value(), signal.plural()), Operation.OWN).instances();
      return cluster.isHere(RingName.COMPACTOR, owners.getFirst());
    } catch (FoursightException nobody) {
      return false;
    }
  }
}
