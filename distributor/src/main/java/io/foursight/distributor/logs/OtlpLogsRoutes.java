package io.foursight.distributor.logs;

import io.foursight.distributor.OtlpHttp;
import io.foursight.distributor.RetryAfter;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpRoutes;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;

/// OTLP/HTTP for logs: `POST /otlp/v1/logs` (Loki's path) on the main and the logs door, `/v1/logs`
/// on the OTLP door, there with CORS for browsers. See [OtlpHttp].
public final class OtlpLogsRoutes {
  private final OtlpHttp<ExportLogsServiceRequest> http;

  public OtlpLogsRoutes(LogsDistributor distributor, RetryAfter retryAfter) {
    this.http =
        new OtlpHttp<>(new OtlpLogsWriter(distributor), ExportLogsServiceRequest.class, retryAfter);
  }

  public void register(HttpRoutes routes) {
    http.register(routes, Door.MAIN, "/otlp/v1/logs");
    http.register(routes, Door.LOGS, "/otlp/v1/logs");
    http.registerOpen(routes, "/v1/logs");
  }
}
