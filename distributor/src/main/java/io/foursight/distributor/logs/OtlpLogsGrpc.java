package io.foursight.distributor.logs;

import io.foursight.distributor.OtlpGrpc;
import io.foursight.distributor.OtlpWriter.Written;
import io.foursight.distributor.RetryAfter;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpRoutes;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;

/// OTLP/gRPC for logs on the OTLP and the main door. See [OtlpGrpc].
public final class OtlpLogsGrpc extends LogsServiceGrpc.LogsServiceImplBase {
  private final OtlpGrpc<ExportLogsServiceRequest> grpc;

  public OtlpLogsGrpc(LogsDistributor distributor, RetryAfter retryAfter) {
    this.grpc = new OtlpGrpc<>(new OtlpLogsWriter(distributor), retryAfter);
  }

  public void register(HttpRoutes routes) {
    routes.addGrpc(Door.OTLP_GRPC, this);
    routes.addGrpc(Door.MAIN, this);
  }

  @Override
  public void export(
      ExportLogsServiceRequest request, StreamObserver<ExportLogsServiceResponse> observer) {
    grpc.export(request, observer, OtlpLogsGrpc::response);
  }

  private static ExportLogsServiceResponse response(Written written) {
    if (written.message().isEmpty()) {
      return ExportLogsServiceResponse.getDefaultInstance();
    }
    return ExportLogsServiceResponse.newBuilder()
        .setPartialSuccess(
            ExportLogsPartialSuccess.newBuilder()
                .setRejectedLogRecords(written.rejected())
                .setErrorMessage(written.message()))
        .build();
  }
}
