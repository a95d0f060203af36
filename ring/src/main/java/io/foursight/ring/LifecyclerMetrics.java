package io.foursight.ring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// Meters of one instance in one ring.
public final class LifecyclerMetrics {
  private final MeterRegistry registry;
  private final RingName ring;
  private final Counter heartbeats;
  private final Counter storeFailures;
  private final Counter tokenConflicts;
  private final Counter idConflicts;
  private final Counter forgotten;
  private final Counter cameBack;

  public LifecyclerMetrics(MeterRegistry registry, RingName ring) {
    this.registry = registry;
    this.ring = ring;
    heartbeats = counter("heartbeats", "Heartbeats written.");
    storeFailures = counter("write_failures", "Writes that the store did not take.");
    tokenConflicts =
        counter(
            "token_conflicts", "Times that tokens were given up to an instance with more right.");
    idConflicts = counter("id_conflicts", "Times that another process spoke under our id.");
    forgotten = counter("auto_forgotten", "Silent instances that this one removed.");
    cameBack = counter("reregistrations", "Times that this one was removed while it lived.");
  }

  private Counter counter(String thing, String description) {
    return Counter.builder("foursight_ring_" + thing + "_total")
        .description(description)
        .tag("ring", ring.value())
        .register(registry);
  }

  void heartbeat() {
    heartbeats.increment();
  }

  void state(InstanceState state) {
    Counter.builder("foursight_ring_state_changes_total")
        .description("State changes of this instance, by the new state.")
        .tag("ring", ring.value())
        .tag("state", state.name())
        .register(registry)
        .increment();
  }

  void storeFailure() {
    storeFailures.increment();
  }

  void tokenConflict() {
    tokenConflicts.increment();
  }

  void idConflict() {
    idConflicts.increment();
  }

  void forgot() {
    forgotten.increment();
  }

  void forgottenBack() {
    cameBack.increment();
  }
}
