package io.foursight.distributor.metrics;

import io.foursight.distributor.OtlpHttp;
import io.foursight.distributor.RetryAfter;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;

/// OTLP/HTTP for metrics: `POST /otlp/v1/metrics` (Mimir's path) and `/api/v1/otlp/v1/metrics`
/// (Prometheus's) on the main door, `/v1/metrics` on the OTLP door, there with CORS for browsers.
/// See [OtlpHttp].
public final class OtlpMetricsRoutes {
  private final OtlpHttp<ExportMetricsServiceRequest> http;

  public OtlpMetricsRoutes(MetricsDistributor distributor, RetryAfter retryAfter) {
    this.http =
        new OtlpHttp<>(
            new OtlpMetricsWriter(distributor), ExportMetricsServiceRequest.class, retryAfter);
  }

  public void register(HttpRoutes routes) {
    http.register(routes, Door.MAIN, "/otlp/v1/metrics");
    http.register(routes, Door.MAIN, "/api/v1/otlp/v1/metrics");
    http.registerOpen(routes, "/v1/metrics");
  }

  HttpReply export(HttpCall call) {
    return http.export(call);
  }
}
