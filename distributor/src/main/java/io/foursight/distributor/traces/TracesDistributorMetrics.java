package io.foursight.distributor.traces;

import io.foursight.distributor.InflightBytes;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.traces.TracesWriteResult.Rejection;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/// The meters of the distributor for traces. Rejections are counted by reason, a closed set of
/// names.
public final class TracesDistributorMetrics {
  private static final String SIGNAL = Signal.TRACES.plural();

  private final MeterRegistry registry;
  private final Counter spans;
  private final Counter cuts;

  public TracesDistributorMetrics(MeterRegistry registry) {
    this.registry = registry;
    spans =
        Counter.builder("foursight_distributor_received_items_total")
            .description("Items in write requests that decoded, before validation.")
            .tag("signal", SIGNAL)
            .tag("kind", "spans")
            .register(registry);
    cuts =
        Counter.builder("foursight_distributor_truncated_attributes_total")
            .description(
                "Names and texts of attributes that were cut to limits.max_attribute_bytes.")
            .tag("signal", SIGNAL)
            .register(registry);
  }

  void watch(InflightBytes inflight) {
    Gauge.builder("foursight_distributor_traces_inflight_bytes", inflight, InflightBytes::heldBytes)
        .description("Bytes of pushed traces being worked on.")
        .register(registry);
    Gauge.builder(
            "foursight_distributor_traces_inflight_refused_requests",
            inflight,
            InflightBytes::refusedRequests)
        .description("Pushes of traces refused because too many bytes were in flight.")
        .register(registry);
  }

  void received(int spanCount) {
    spans.increment(spanCount);
  }

  void cut(int count) {
    cuts.increment(count);
  }

  /// Spans and bytes of a tenant that went to the sink.
  void accepted(TenantId tenant, int spanCount, long bytes) {
    registry
        .counter(
            "foursight_distributor_accepted_spans_total",
            "signal",
            SIGNAL,
            "tenant",
            tenant.value())
        .increment(spanCount);
    registry
        .counter(
            "foursight_distributor_accepted_span_bytes_total",
            "signal",
            SIGNAL,
            "tenant",
            tenant.value())
        .increment(bytes);
  }

  void rejected(Rejection rejection) {
    rejected(rejection.reason(), rejection.spans());
  }

  void rejected(String reason, long count) {
    registry
        .counter("foursight_distributor_rejected_items_total", "signal", SIGNAL, "reason", reason)
        .increment(count);
  }

  /// @param route `otlp_http`, `otlp_grpc`, `zipkin`, `jaeger_thrift`, `jaeger_grpc`
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
