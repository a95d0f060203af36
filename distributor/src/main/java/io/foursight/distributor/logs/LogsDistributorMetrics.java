package io.foursight.distributor.logs;

import io.foursight.distributor.InflightBytes;
import io.foursight.model.Signal;
import io.foursight.model.logs.LogsWriteResult.Rejection;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/// The meters of the distributor for logs. Rejections are counted by reason, a closed set of names.
public final class LogsDistributorMetrics {
  private static final String SIGNAL = Signal.LOGS.plural();

  private final MeterRegistry registry;
  private final Counter entries;
  private final Counter bytes;

  public LogsDistributorMetrics(MeterRegistry registry) {
    this.registry = registry;
    entries =
        Counter.builder("foursight_distributor_received_items_total")
            .description("Items in write requests that decoded, before validation.")
            .tag("signal", SIGNAL)
            .tag("kind", "entries")
            .register(registry);
    bytes =
        Counter.builder("foursight_distributor_received_log_bytes_total")
            .description("Bytes of lines and structured metadata that passed validation.")
            .tag("signal", SIGNAL)
            .register(registry);
  }

  void watch(InflightBytes inflight) {
    Gauge.builder("foursight_distributor_logs_inflight_bytes", inflight, InflightBytes::heldBytes)
        .description("Bytes of log pushes being worked on.")
        .register(registry);
    Gauge.builder(
            "foursight_distributor_logs_inflight_refused_requests",
            inflight,
            InflightBytes::refusedRequests)
        .description("Log pushes refused because too many bytes were in flight.")
        .register(registry);
  }

  void received(int entryCount) {
    entries.increment(entryCount);
  }

  void accepted(long acceptedBytes) {
    bytes.increment(acceptedBytes);
  }

  void rejected(Rejection rejection) {
    rejected(rejection.reason(), rejection.count(), rejection.bytes());
  }

  void rejected(String reason, long count, long rejectedBytes) {
    registry
        .counter("foursight_distributor_rejected_items_total", "signal", SIGNAL, "reason", reason)
        .increment(count);
    registry
        .counter("foursight_distributor_rejected_bytes_total", "signal", SIGNAL, "reason", reason)
        .increment(rejectedBytes);
  }

  /// @param route `loki_push`, `otlp_http`, `otlp_grpc`
  void request(String route, int status, Duration elapsed) {
    Timer.builder("foursight_distributor_request_seconds")
        .description("Write requests from decoding to the answer.")
        .tag("signal", SIGNAL)
        .tag("route", route)
        .tag("status", Integer.toString(status))
        .register(registry)
        .record(elapsed);
  }
}
