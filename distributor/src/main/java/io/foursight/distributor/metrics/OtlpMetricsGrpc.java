package io.foursight.distributor.metrics;

import io.foursight.distributor.OtlpGrpc;
import io.foursight.distributor.OtlpWriter.Written;
import io.foursight.distributor.RetryAfter;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpRoutes;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;

/// OTLP/gRPC for metrics on the OTLP and the main door. See [OtlpGrpc].
public final class OtlpMetricsGrpc extends MetricsServiceGrpc.MetricsServiceImplBase {
  private final OtlpGrpc<ExportMetricsServiceRequest> grpc;

  public OtlpMetricsGrpc(MetricsDistributor distributor, RetryAfter retryAfter) {
    this.grpc = new OtlpGrpc<>(new OtlpMetricsWriter(distributor), retryAfter);
  }

  public void register(HttpRoutes routes) {
    routes.addGrpc(Door.OTLP_GRPC, this);
    routes.addGrpc(Door.MAIN, this);
  }

  @Override
  public void export(
      ExportMetricsServiceRequest request, StreamObserver<ExportMetricsServiceResponse> observer) {
    grpc.export(request, observer, OtlpMetricsGrpc::response);
  }

  private static ExportMetricsServiceResponse response(Written written) {
    if (written.message().isEmpty()) {
      return ExportMetricsServiceResponse.getDefaultInstance();
    }
    return ExportMetricsServiceResponse.newBuilder()
        .setPartialSuccess(
            ExportMetricsPartialSuccess.newBuilder()
                .setRejectedDataPoints(written.rejected())
                .setErrorMessage(written.message()))
        .build();
  }
}
