package io.foursight.distributor.replication;

import io.foursight.model.Signal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/// Meters of writing to replicas, of one signal.
public final class ReplicationMetrics {
  private final MeterRegistry registry;
  private final Signal signal;
  private final Counter failed;
  private final Counter refused;

  public ReplicationMetrics(MeterRegistry registry, Signal signal) {
    this.registry = registry;
    this.signal = signal;
    failed =
        Counter.builder("foursight_distributor_ingester_append_failures_total")
            .description("Messages to ingesters that failed.")
            .tag("signal", signal.plural())
            .register(registry);
    refused =
        Counter.builder("foursight_distributor_underway_refused_total")
            .description("Requests refused because messages to ingesters held too many bytes.")
            .tag("signal", signal.plural())
            .register(registry);
  }

  void watch(AtomicLong underwayBytes) {
    Gauge.builder("foursight_distributor_underway_bytes", underwayBytes, AtomicLong::get)
        .description("Bytes of messages to ingesters that are not answered yet.")
        .tag("signal", signal.plural())
        .register(registry);
  }

  void failed() {
    failed.increment();
  }

  void refused() {
    refused.increment();
  }
}
