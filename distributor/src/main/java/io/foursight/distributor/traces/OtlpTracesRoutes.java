package io.foursight.distributor.traces;

import io.foursight.distributor.OtlpHttp;
import io.foursight.distributor.RetryAfter;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpRoutes;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;

/// OTLP/HTTP for traces: `POST /otlp/v1/traces` on the main and the traces door, `/v1/traces` on
/// the traces door and, with CORS for browsers, on the OTLP door. See [OtlpHttp].
public final class OtlpTracesRoutes {
  private final OtlpHttp<ExportTraceServiceRequest> http;

  public OtlpTracesRoutes(TracesDistributor distributor, RetryAfter retryAfter) {
    this.http =
        new OtlpHttp<>(
            new OtlpTracesWriter(distributor), ExportTraceServiceRequest.class, retryAfter);
  }

  public void register(HttpRoutes routes) {
    http.register(routes, Door.MAIN, "/otlp/v1/traces");
    http.register(routes, Door.TRACES, "/otlp/v1/traces");
    http.register(routes, Door.TRACES, "/v1/traces");
    http.registerOpen(routes, "/v1/traces");
  }
}
