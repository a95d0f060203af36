package io.foursight.distributor.logs;

import io.foursight.distributor.InflightBytes;
import io.foursight.distributor.RetryAfter;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.GrpcTenant;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.wire.otlp.OtlpReplies;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// OTLP/gRPC for logs on the OTLP and the main door. A request that is rejected as a whole is
/// `INVALID_ARGUMENT`; one over a rate limit is `RESOURCE_EXHAUSTED` **with** a `RetryInfo`,
/// without which senders drop it; failures of ours are `UNAVAILABLE`, which senders retry.
public final class OtlpLogsGrpc extends LogsServiceGrpc.LogsServiceImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(OtlpLogsGrpc.class);
  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private final OtlpLogsWriter writer;
  private final RetryAfter retryAfter;

  public OtlpLogsGrpc(LogsDistributor distributor, RetryAfter retryAfter) {
    this.writer = new OtlpLogsWriter(distributor);
    this.retryAfter = retryAfter;
  }

  public void register(HttpRoutes routes) {
    routes.addGrpc(Door.OTLP_GRPC, this);
    routes.addGrpc(Door.MAIN, this);
  }

  @Override
  public void export(
      ExportLogsServiceRequest request, StreamObserver<ExportLogsServiceResponse> observer) {
    long start = System.nanoTime();
    int code = 0;
    try {
      ExportLogsServiceResponse response = write(request);
      observer.onNext(response);
      observer.onCompleted();
    } catch (FoursightException e) {
      StatusRuntimeException error = error(e);
      code = error.getStatus().getCode().value();
      observer.onError(error);
    } catch (RuntimeException e) {
      LOG.error("OTLP request failed component=distributor signal=logs", e);
      code = OtlpReplies.UNAVAILABLE;
      observer.onError(error(new FoursightException(ErrorKind.INTERNAL, "internal error", e)));
    }
    writer
        .distributor()
        .metrics()
        .request("otlp_grpc", code, Duration.ofNanos(System.nanoTime() - start));
  }

  private ExportLogsServiceResponse write(ExportLogsServiceRequest request) {
    TenantId tenant = GrpcTenant.current();
    LogsDistributor distributor = writer.distributor();
    distributor.admit();
    try (InflightBytes.Hold hold = distributor.inflight().hold()) {
      int size = request.getSerializedSize();
      hold.add(5L * size);
      long max = distributor.config().maxOtlpRequestSize().bytes();
      if (size > max) {
        throw new FoursightException(
            ErrorKind.TOO_LARGE,
            "the incoming OTLP request has been rejected because its message size of "
                + size
                + " bytes is larger than the allowed limit of "
                + max
                + " bytes (distributor.max_otlp_request_size)");
      }
      OtlpLogsWriter.Written written = writer.write(tenant, request.toByteArray());
      if (written.isWholeRejection()) {
        throw new FoursightException(
            written.limited() ? ErrorKind.LIMIT_EXCEEDED : ErrorKind.BAD_DATA, written.message());
      }
      var response = ExportLogsServiceResponse.newBuilder();
      if (written.rejected() > 0) {
        response.setPartialSuccess(
            ExportLogsPartialSuccess.newBuilder()
                .setRejectedLogRecords(written.rejected())
                .setErrorMessage(written.message()));
      }
      return response.build();
    }
  }

  private StatusRuntimeException error(FoursightException e) {
    int code = OtlpLogsRoutes.code(e.kind());
    if (code == OtlpReplies.INTERNAL || code == OtlpReplies.UNIMPLEMENTED || code == 4) {
      code = OtlpReplies.UNAVAILABLE;
    }
    var trailers = new Metadata();
    if (code == OtlpReplies.RESOURCE_EXHAUSTED || code == OtlpReplies.UNAVAILABLE) {
      int seconds = retryAfter.seconds(Optional.empty());
      trailers.put(DETAILS, OtlpReplies.status(code, e.getMessage(), seconds));
    }
    return Status.fromCodeValue(code).withDescription(e.getMessage()).asRuntimeException(trailers);
  }
}
