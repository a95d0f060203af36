package io.foursight.runtime.server;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.RetryInfo;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.runtime.http.GrpcTenant;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What every gRPC call passes, whichever door it came through: refusal while starting, the tenant
/// from `x-scope-orgid`, and the status of an exception that the service let escape or closed with
/// as a cause. `RESOURCE_EXHAUSTED` carries a `RetryInfo`, without which OTLP senders drop data.
final class GrpcGuard implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(GrpcGuard.class);
  private static final Metadata.Key<String> TENANT =
      Metadata.Key.of(TenantScope.HEADER, Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> KIND =
      Metadata.Key.of("foursight-error-kind", Metadata.ASCII_STRING_MARSHALLER);
  private static final int RETRY_SECONDS = 5;

  private final TenantScope tenants;
  private final Workers workers;

  GrpcGuard(TenantScope tenants, Workers workers) {
    this.tenants = tenants;
    this.workers = workers;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
    ServerCall<Q, A> translating =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            if (status.getCode() == Status.Code.UNKNOWN
                && status.getCause() instanceof FoursightException e) {
              closeWith(delegate(), e);
            } else {
              super.close(status, trailers);
            }
          }
        };
    Context context = Context.current();
    try {
      if (workers.refusal().isPresent()) {
        throw FoursightException.unavailable(workers.refusal().get());
      }
      context = withTenant(context, Optional.ofNullable(metadata.get(TENANT)));
    } catch (FoursightException e) {
      closeWith(call, e);
      return new ServerCall.Listener<>() {};
    }
    return new Translating<>(
        Contexts.interceptCall(context, translating, metadata, next), translating);
  }

  /// A call without a tenant goes on: the service may not need one.
  private Context withTenant(Context context, Optional<String> header) {
    try {
      List<TenantId> all = tenants.tenants(header);
      Context with = context.withValue(GrpcTenant.READ_KEY, all);
      return all.size() == 1 ? with.withValue(GrpcTenant.KEY, all.getFirst()) : with;
    } catch (FoursightException e) {
      if (e.kind() == ErrorKind.UNAUTHENTICATED) {
        return context;
      }
      throw e;
    }
  }

  static void closeWith(ServerCall<?, ?> call, FoursightException e) {
    StatusRuntimeException error = error(e);
    Metadata trailers = error.getTrailers() == null ? new Metadata() : error.getTrailers();
    // Several kinds share a status code; our own clients go by the name.
    trailers.put(KIND, e.kind().name());
    call.close(error.getStatus(), trailers);
  }

  static StatusRuntimeException error(FoursightException e) {
    Status.Code code = StatusTable.grpc(e.kind());
    String message = Optional.ofNullable(e.getMessage()).orElse(code.name());
    if (code != Status.Code.RESOURCE_EXHAUSTED) {
      return code.toStatus().withDescription(message).asRuntimeException();
    }
    var retry =
        RetryInfo.newBuilder()
            .setRetryDelay(Duration.newBuilder().setSeconds(RETRY_SECONDS))
            .build();
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(code.value())
            .setMessage(message)
            .addDetails(Any.pack(retry))
            .build());
  }

  /// Turns what a service method throws into a status, and keeps it from ending the thread.
  private static final class Translating<Q> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<?, ?> call;

    Translating(ServerCall.Listener<Q> listener, ServerCall<?, ?> call) {
      super(listener);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      guard(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      guard(super::onHalfClose);
    }

    @Override
    public void onReady() {
      guard(super::onReady);
    }

    private void guard(Runnable step) {
      try {
        step.run();
      } catch (FoursightException e) {
        closeWith(call, e);
      } catch (StatusRuntimeException e) {
        Metadata trailers = e.getTrailers();
        call.close(e.getStatus(), trailers == null ? new Metadata() : trailers);
      } catch (RuntimeException | StackOverflowError e) {
        log.error("rpc failed method={}", call.getMethodDescriptor().getFullMethodName(), e);
        call.close(
            Status.INTERNAL.withDescription("internal error: " + e.getClass().getSimpleName()),
            new Metadata());
      }
    }
  }
}
