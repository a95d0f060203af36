package io.foursight.cmd;

import io.foursight.ring.RingStore;
import io.foursight.runtime.ComponentContext;
import java.util.Optional;

/// What carries the rings, by configuration.
final class RingStores {
  private RingStores() {}

  /// Empty for a process that is alone.
  static Optional<RingStore> of(FoursightConfig config, ComponentContext context) {
    return Optional.empty();
  }
}
