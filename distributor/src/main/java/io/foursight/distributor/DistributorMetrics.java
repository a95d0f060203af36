package io.foursight.distributor;

import io.foursight.model.Signal;
import io.foursight.model.metrics.MetricsWriteResult.Rejection;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/// The meters of the distributor. Rejections are counted by reason, a closed set of names.
public final class DistributorMetrics {
  private final MeterRegistry registry;
  private final Counter samples;
  private final Counter histograms;
  private final Counter exemplars;
  private final Counter metadata;
  private final Counter deduplicated;
  private final Counter unknownSeries;
  private final Counter knownSeriesResets;

  public DistributorMetrics(MeterRegistry registry) {
    this.registry = registry;
    samples = received("samples");
    histograms = received("histograms");
    exemplars = received("exemplars");
    metadata = received("metadata");
    deduplicated =
        Counter.builder("foursight_distributor_deduplicated_samples_total")
            .description("Samples dropped because another HA replica is elected.")
            .tag("signal", Signal.METRICS.plural())
            .register(registry);
    unknownSeries =
        Counter.builder("foursight_distributor_validated_series_total")
            .description("Series that were parsed and validated because they were not known yet.")
            .tag("signal", Signal.METRICS.plural())
            .register(registry);
    knownSeriesResets =
        Counter.builder("foursight_distributor_known_series_resets_total")
            .description("Times that a tenant's memory of valid series was full and dropped.")
            .tag("signal", Signal.METRICS.plural())
            .register(registry);
  }

  private Counter received(String kind) {
    return Counter.builder("foursight_distributor_received_items_total")
        .description("Items in write requests that decoded, before validation.")
        .tag("signal", Signal.METRICS.plural())
        .tag("kind", kind)
        .register(registry);
  }

  public void watch(InflightBytes inflight) {
    Gauge.builder("foursight_distributor_inflight_bytes", inflight, InflightBytes::heldBytes)
        .description("Bytes of write requests being worked on.")
        .register(registry);
    Gauge.builder(
            "foursight_distributor_inflight_refused_requests",
            inflight,
            InflightBytes::refusedRequests)
        .description("Write requests refused because too many bytes were in flight.")
        .register(registry);
  }

  public void received(int sampleCount, int histogramCount, int exemplarCount, int metadataCount) {
    samples.increment(sampleCount);
    histograms.increment(histogramCount);
    exemplars.increment(exemplarCount);
    metadata.increment(metadataCount);
  }

  public void rejected(Rejection rejection) {
    rejected(rejection.reason(), rejection.count());
  }

  public void rejected(String reason, long items) {
    registry
        .counter(
            "foursight_distributor_rejected_items_total",
            "signal",
            Signal.METRICS.plural(),
            "reason",
            reason)
        .increment(items);
  }

  public void deduplicated(int sampleCount) {
    deduplicated.increment(sampleCount);
  }

  public void validatedSeries(int count) {
    unknownSeries.increment(count);
  }

  public void knownSeriesReset() {
    knownSeriesResets.increment();
  }

  /// @param route `remote_write_v1`, `remote_write_v2`, `otlp_http`, `otlp_grpc`
  public void request(String route, int status, Duration elapsed) {
    Timer.builder("foursight_distributor_request_seconds")
        .description("Write requests from decoding to the answer.")
        .tag("signal", Signal.METRICS.plural())
        .tag("route", route)
        .tag("status", Integer.toString(status))
        .register(registry)
        .record(elapsed);
  }
}
