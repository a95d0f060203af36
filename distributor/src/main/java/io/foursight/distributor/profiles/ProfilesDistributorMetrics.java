package io.foursight.distributor.profiles;

import io.foursight.distributor.InflightBytes;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.ProfilesWriteResult.Rejection;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/// The meters of the distributor for profiles. Rejections are counted by reason, a closed set of
/// names.
public final class ProfilesDistributorMetrics {
  private static final String SIGNAL = Signal.PROFILES.plural();

  private final MeterRegistry registry;
  private final Counter profiles;

  public ProfilesDistributorMetrics(MeterRegistry registry) {
    this.registry = registry;
    profiles =
        Counter.builder("foursight_distributor_received_items_total")
            .description("Items in write requests that decoded, before validation.")
            .tag("signal", SIGNAL)
            .tag("kind", "profiles")
            .register(registry);
  }

  void watch(InflightBytes inflight) {
    Gauge.builder(
            "foursight_distributor_profiles_inflight_bytes", inflight, InflightBytes::heldBytes)
        .description("Bytes of pushed profiles being worked on.")
        .register(registry);
    Gauge.builder(
            "foursight_distributor_profiles_inflight_refused_requests",
            inflight,
            InflightBytes::refusedRequests)
        .description("Pushes of profiles refused because too many bytes were in flight.")
        .register(registry);
  }

  void received(int profileCount) {
    profiles.increment(profileCount);
  }

  /// Profiles and bytes of a tenant that went to the sink.
  void accepted(TenantId tenant, int profileCount, long bytes) {
    registry
        .counter(
            "foursight_distributor_accepted_profiles_total",
            "signal",
            SIGNAL,
            "tenant",
            tenant.value())
        .increment(profileCount);
    registry
        .counter(
            "foursight_distributor_accepted_profile_bytes_total",
            "signal",
            SIGNAL,
            "tenant",
            tenant.value())
        .increment(bytes);
  }

  void rejected(Rejection rejection) {
    rejected(rejection.reason(), rejection.profiles());
  }

  void rejected(String reason, long count) {
    registry
        .counter("foursight_distributor_rejected_items_total", "signal", SIGNAL, "reason", reason)
        .increment(count);
  }

  /// @param route `ingest`, `push`, `push_grpc`, `otlp_http`, `otlp_grpc`
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
