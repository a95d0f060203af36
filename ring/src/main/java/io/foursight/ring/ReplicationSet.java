package io.foursight.ring;

import java.util.List;

/// Instances to ask, and how many may fail. Immutable.
///
/// @param instances distinct; those able and healthy when the ring was looked at
/// @param maxErrors how many instances may fail; when `maxUnavailableZones` is positive, only that
///   counts
/// @param maxUnavailableZones how many whole zones may fail; an instance that fails makes its zone
///   unavailable. 0 when zones don't matter here
public record ReplicationSet(
    List<InstanceDescriptor> instances, int maxErrors, int maxUnavailableZones) {
  public ReplicationSet {
    instances = List.copyOf(instances);
  }

  /// Follows the answers of one request.
  public Quorum quorum() {
    return new Quorum(this);
  }

  public boolean includes(String id) {
    return instances.stream().anyMatch(i -> i.id().equals(id));
  }
}
