package io.foursight.distributor.metrics;

import io.foursight.model.TenantId;

/// Who is elected in each HA cluster. A distributor that is alone keeps it in memory; several share
/// it. Safe from any thread.
public interface HaElections {
  /// What to do with the samples of a replica.
  enum Verdict {
    /// The replica is elected, or has just been.
    ACCEPT,
    /// Another replica is elected and alive.
    DEDUPLICATE,
    /// The tenant has too many clusters to remember this one.
    TOO_MANY_CLUSTERS
  }

  /// Asked for every cluster of every request, at most once.
  ///
  /// @param maxClusters bound of the tenant; 0 = unlimited
  Verdict seen(TenantId tenant, String cluster, String replica, int maxClusters);
}
