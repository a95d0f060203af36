package io.foursight.cmd;

import io.foursight.distributor.metrics.SharedHaElections;
import io.foursight.ring.RingName;
import io.foursight.ring.RingScheduler;
import io.foursight.ring.RingStore;
import io.foursight.ring.config.KvStoreConfig;
import io.foursight.ring.config.RingConfig;
import io.foursight.ring.membership.ConfiguredRingStore;
import io.foursight.runtime.ComponentContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What carries the rings, by configuration.
final class RingStores {
  private RingStores() {}

  /// Empty for a process that is alone: it gossips with nobody and keeps no ring elsewhere.
  static Optional<RingStore> of(
      FoursightConfig config, ComponentContext context, RingScheduler scheduler) {
    Map<RingName, KvStoreConfig> stores = new LinkedHashMap<>();
    all(config).forEach((name, ring) -> stores.put(name, ring.kvstore()));
    stores.put(SharedHaElections.RING, config.distributorRing().kvstore());
    return ConfiguredRingStore.of(config.memberlist(), stores, scheduler, context.meters());
  }

  /// Every ring that there is.
  static Map<RingName, RingConfig> all(FoursightConfig config) {
    Map<RingName, RingConfig> rings = new LinkedHashMap<>();
    rings.put(RingName.INGESTER, config.ingesterRing());
    rings.put(RingName.STORE_GATEWAY, config.storeGatewayRing());
    rings.put(RingName.COMPACTOR, config.compactorRing());
    rings.putAll(ofPresence(config));
    return rings;
  }

  /// Rings of components that hold nothing: they only say that they are there.
  static Map<RingName, RingConfig> ofPresence(FoursightConfig config) {
    Map<RingName, RingConfig> rings = new LinkedHashMap<>();
    rings.put(RingName.DISTRIBUTOR, config.distributorRing());
    rings.put(RingName.QUERIER, config.querierRing());
    rings.put(RingName.QUERY_FRONTEND, config.queryFrontendRing());
    return rings;
  }
}
