package io.foursight.ring.kv;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// Meters of rings in etcd or Consul.
public final class KvMetrics {
  private final Counter writes;
  private final Counter lostRaces;
  private final Counter failures;
  private final Counter refused;

  public KvMetrics(MeterRegistry registry) {
    writes = counter(registry, "writes", "Conditional writes that were taken.");
    lostRaces = counter(registry, "lost_races", "Conditional writes that somebody else overtook.");
    failures = counter(registry, "failures", "Requests that were not answered as expected.");
    refused = counter(registry, "refused_values", "Values that are none of ours, or too new.");
  }

  private static Counter counter(MeterRegistry registry, String thing, String description) {
    return Counter.builder("foursight_ring_kv_" + thing + "_total")
        .description(description)
        .register(registry);
  }

  void written() {
    writes.increment();
  }

  void lostRace() {
    lostRaces.increment();
  }

  void failed() {
    failures.increment();
  }

  void refused() {
    refused.increment();
  }
}
