package io.foursight.cmd;

import io.foursight.model.FoursightException;
import io.foursight.ring.RingScheduler;
import io.foursight.ring.RingStore;
import io.foursight.ring.config.KvStoreConfig;
import io.foursight.ring.gossip.GossipMetrics;
import io.foursight.ring.gossip.GossipStore;
import io.foursight.ring.jgroups.JGroupsNetwork;
import io.foursight.runtime.ComponentContext;
import java.util.Optional;
import java.util.SplittableRandom;

/// What carries the rings, by configuration.
final class RingStores {
  private RingStores() {}

  /// Empty for a process that is alone: it gossips with nobody.
  static Optional<RingStore> of(
      FoursightConfig config, ComponentContext context, RingScheduler scheduler) {
    return switch (config.ingesterRing().kvstore().store()) {
      case INMEMORY -> Optional.empty();
      case MEMBERLIST ->
          config.memberlist().joinMembers().isEmpty()
              ? Optional.empty()
              : Optional.of(
                  new GossipStore(
                      config.memberlist(),
                      new JGroupsNetwork(config.memberlist(), scheduler),
                      scheduler,
                      new SplittableRandom(),
                      new GossipMetrics(context.meters())));
      case ETCD, CONSUL -> throw unsupported(config.ingesterRing().kvstore());
    };
  }

  private static FoursightException unsupported(KvStoreConfig config) {
    return FoursightException.badData(
        "ingester.ring.kvstore.store: " + config.store() + " is not there yet; use memberlist");
  }
}
