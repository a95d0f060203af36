package io.foursight.runtime.server;

import io.foursight.runtime.http.Door;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Meters of the doors. Labels are bounded: doors, registered route names, statuses that we send.
final class ServerMetrics {
  private record Outcome(Door door, String route, int status) {}

  private final MeterRegistry registry;
  private final AtomicInteger inflight = new AtomicInteger();
  private final Counter refused;
  private final Counter received;
  private final Map<Outcome, Timer> timers = new ConcurrentHashMap<>();

  ServerMetrics(MeterRegistry registry) {
    this.registry = registry;
    registry.gauge("foursight_runtime_inflight_requests", inflight);
    refused =
        Counter.builder("foursight_runtime_refused_requests_total")
            .description("Requests that waited too long for one of max_concurrent_requests.")
            .register(registry);
    received =
        Counter.builder("foursight_runtime_received_bytes_total")
            .description("Bytes of request bodies, as received.")
            .register(registry);
  }

  void started(int bodyBytes) {
    inflight.incrementAndGet();
    received.increment(bodyBytes);
  }

  void finished() {
    inflight.decrementAndGet();
  }

  void refused() {
    refused.increment();
  }

  void answered(Door door, String route, int status, long nanos) {
    timers
        .computeIfAbsent(new Outcome(door, route, status), this::timer)
        .record(Duration.ofNanos(nanos));
  }

  private Timer timer(Outcome outcome) {
    return Timer.builder("foursight_runtime_request_duration_seconds")
        .description("Time from the request's headers to the last byte of the reply.")
        .tag("door", outcome.door().name().toLowerCase(Locale.ROOT))
        .tag("route", outcome.route())
        .tag("status_code", String.valueOf(outcome.status()))
        .register(registry);
  }
}
