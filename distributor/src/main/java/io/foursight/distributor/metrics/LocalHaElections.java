package io.foursight.distributor.metrics;

import io.foursight.model.TenantId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Elections in the memory of this process: the first replica seen is elected and stays so until it
/// was silent for the failover timeout; then the next one to speak takes over. Clusters that were
/// silent for a day are forgotten when room is needed. [#snapshot] and [#restore] carry elections
/// over a restart.
public final class LocalHaElections implements HaElections {
  private static final long FORGET_MILLIS = Duration.ofDays(1).toMillis();

  private record Elected(String replica, long seenMillis) {}

  /// One election as it is kept.
  record Saved(TenantId tenant, String cluster, String replica, long seenMillis) {}

  private static final class Tenant {
    final Map<String, Elected> clusters = new ConcurrentHashMap<>();
    final AtomicInteger size = new AtomicInteger();
  }

  private final Map<TenantId, Tenant> tenants = new ConcurrentHashMap<>();
  private final InstantSource clock;
  private final long failoverMillis;
  private final long updateMillis;

  public LocalHaElections(InstantSource clock, Duration failoverTimeout, Duration updateTimeout) {
    this.clock = clock;
    this.failoverMillis = failoverTimeout.toMillis();
    this.updateMillis = updateTimeout.toMillis();
  }

  @Override
  public Verdict seen(TenantId id, String cluster, String replica, int maxClusters) {
    long now = clock.millis();
    var tenant = tenants.computeIfAbsent(id, unused -> new Tenant());
    Elected elected = tenant.clusters.get(cluster);
    if (elected != null && elected.replica.equals(replica)) {
      if (now - elected.seenMillis >= updateMillis) {
        tenant.clusters.replace(cluster, elected, new Elected(replica, now));
      }
      return Verdict.ACCEPT;
    }
    if (elected != null && now - elected.seenMillis <= failoverMillis) {
      return Verdict.DEDUPLICATE;
    }
    if (elected == null && maxClusters > 0 && tenant.size.get() >= maxClusters) {
      forgetSilent(tenant, now);
      if (tenant.size.get() >= maxClusters) {
        return Verdict.TOO_MANY_CLUSTERS;
      }
    }
    var winner =
        tenant.clusters.compute(
            cluster,
            (unused, current) -> {
              if (current == null) {
                tenant.size.incrementAndGet();
                return new Elected(replica, now);
              }
              boolean silent = now - current.seenMillis > failoverMillis;
              return silent ? new Elected(replica, now) : current;
            });
    return winner.replica.equals(replica) ? Verdict.ACCEPT : Verdict.DEDUPLICATE;
  }

  List<Saved> snapshot() {
    var all = new ArrayList<Saved>();
    tenants.forEach((id, tenant) ->
        tenant.clusters.forEach((cluster, elected) ->
            all.add(new Saved(id, cluster, elected.replica, elected.seenMillis))));
    return all;
  }

  /// Takes over elections of a former process; those made since stay.
  void restore(List<Saved> saved) {
    for (Saved election : saved) {
      var tenant = tenants.computeIfAbsent(election.tenant, unused -> new Tenant());
      var elected = new Elected(election.replica, election.seenMillis);
      if (tenant.clusters.putIfAbsent(election.cluster, elected) == null) {
        tenant.size.incrementAndGet();
      }
    }
  }

  private static void forgetSilent(Tenant tenant, long now) {
    tenant
        .clusters
        .entrySet()
        .removeIf(e -> {
          boolean silent = now - e.getValue().seenMillis > FORGET_MILLIS;
          if (silent) {
            tenant.size.decrementAndGet();
          }
          return silent;
        });
  }
}
