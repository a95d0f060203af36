package io.foursight.distributor.traces;

import io.foursight.distributor.OtlpGrpc;
import io.foursight.distributor.OtlpWriter.Written;
import io.foursight.distributor.RetryAfter;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpRoutes;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;

/// OTLP/gRPC for traces on the OTLP, the traces and the main door. See [OtlpGrpc].
public final class OtlpTracesGrpc extends TraceServiceGrpc.TraceServiceImplBase {
  private final OtlpGrpc<ExportTraceServiceRequest> grpc;

  public OtlpTracesGrpc(TracesDistributor distributor, RetryAfter retryAfter) {
    this.grpc = new OtlpGrpc<>(new OtlpTracesWriter(distributor), retryAfter);
  }

  public void register(HttpRoutes routes) {
    routes.addGrpc(Door.OTLP_GRPC, this);
    routes.addGrpc(Door.TRACES, this);
    routes.addGrpc(Door.MAIN, this);
  }

  @Override
  public void export(
      ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> observer) {
    grpc.export(request, observer, OtlpTracesGrpc::response);
  }

  private static ExportTraceServiceResponse response(Written written) {
    if (written.message().isEmpty()) {
      return ExportTraceServiceResponse.getDefaultInstance();
    }
    return ExportTraceServiceResponse.newBuilder()
        .setPartialSuccess(
            ExportTracePartialSuccess.newBuilder()
                .setRejectedSpans(written.rejected())
                .setErrorMessage(written.message()))
        .build();
  }
}
