package io.foursight.distributor;

import com.google.protobuf.Message;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.runtime.http.GrpcTenant;
import io.foursight.wire.otlp.OtlpReplies;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// OTLP/gRPC for one signal. A request that is rejected as a whole is `INVALID_ARGUMENT`; one over
/// a rate limit is `RESOURCE_EXHAUSTED` **with** a `RetryInfo`, without which senders drop it;
/// failures of ours are `UNAVAILABLE`, which senders retry.
///
/// @param <Q> the signal's request
public final class OtlpGrpc<Q extends Message> {
  private static final Logger LOG = LoggerFactory.getLogger(OtlpGrpc.class);
  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private final OtlpWriter<Q> writer;
  private final RetryAfter retryAfter;

  public OtlpGrpc(OtlpWriter<Q> writer, RetryAfter retryAfter) {
    this.writer = writer;
    this.retryAfter = retryAfter;
  }

  /// Answers one call.
  ///
  /// @param response of what was stored at least in part: a partial success when there is a message
  public <R> void export(
      Q request, StreamObserver<R> observer, Function<OtlpWriter.Written, R> response) {
    answer(
        request.getSerializedSize(),
        (tenant, size) -> writer.write(tenant, request, size, OtlpWriter.Headers.NONE),
        observer,
        response);
  }

  /// Answers one call whose request has not been parsed.
  public <R> void exportBytes(
      byte[] request, StreamObserver<R> observer, Function<OtlpWriter.Written, R> response) {
    answer(
        request.length,
        (tenant, size) -> writer.write(tenant, request, OtlpWriter.Headers.NONE),
        observer,
        response);
  }

  private interface Writing {
    OtlpWriter.Written write(TenantId tenant, int size);
  }

  private <R> void answer(
      int size,
      Writing writing,
      StreamObserver<R> observer,
      Function<OtlpWriter.Written, R> response) {
    long start = System.nanoTime();
    int code = 0;
    try {
      R reply = response.apply(write(size, writing));
      observer.onNext(reply);
      observer.onCompleted();
    } catch (FoursightException e) {
      StatusRuntimeException error = error(e);
      code = error.getStatus().getCode().value();
      observer.onError(error);
    } catch (RuntimeException e) {
      LOG.error("OTLP request failed component=distributor signal={}", writer.signal().plural(), e);
      code = OtlpReplies.UNAVAILABLE;
      observer.onError(error(new FoursightException(ErrorKind.INTERNAL, "internal error", e)));
    }
    writer.request("otlp_grpc", code, Duration.ofNanos(System.nanoTime() - start));
  }

  private OtlpWriter.Written write(int size, Writing writing) {
    TenantId tenant = GrpcTenant.current();
    writer.admit(tenant);
    try (InflightBytes.Hold hold = writer.inflight().hold()) {
      hold.add(5L * size);
      OtlpHttp.checkSize(writer, size);
      OtlpWriter.Written written = writing.write(tenant, size);
      if (written.whole()) {
        throw new FoursightException(
            written.limited() ? ErrorKind.LIMIT_EXCEEDED : ErrorKind.BAD_DATA, written.message());
      }
      return written;
    }
  }

  private StatusRuntimeException error(FoursightException e) {
    int code = code(e.kind());
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

  /// The `google.rpc.Code` of an error.
  static int code(ErrorKind kind) {
    return switch (kind) {
      case BAD_DATA, TOO_LARGE, UNSUPPORTED_MEDIA, QUERY_LIMIT, EXECUTION ->
          OtlpReplies.INVALID_ARGUMENT;
      case LIMIT_EXCEEDED -> OtlpReplies.RESOURCE_EXHAUSTED;
      case UNAUTHENTICATED -> OtlpReplies.UNAUTHENTICATED;
      case NOT_FOUND -> 5;
      case CONFLICT -> 9;
      case TIMEOUT -> 4;
      case CANCELED -> 1;
      case UNIMPLEMENTED -> OtlpReplies.UNIMPLEMENTED;
      case UNAVAILABLE -> OtlpReplies.UNAVAILABLE;
      case CORRUPT, INTERNAL -> OtlpReplies.INTERNAL;
    };
  }
}
