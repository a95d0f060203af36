package io.foursight.ring;

import io.foursight.model.FoursightException;

/// How a ring's snapshot is read.
///
/// @param replicationFactor copies of each item, 1 to 9
/// @param zoneAware copies go to different zones
public record RingRules(int replicationFactor, boolean zoneAware) {
  public RingRules {
    if (replicationFactor < 1 || replicationFactor > 9) {
      throw FoursightException.badData(
          "replication_factor is " + replicationFactor + ", expected 1 to 9");
    }
  }

  /// Successes that a write needs.
  public int quorum() {
    return replicationFactor / 2 + 1;
  }
}
