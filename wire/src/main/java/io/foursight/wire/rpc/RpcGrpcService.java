package io.foursight.wire.rpc;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TraceContext;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// An [RpcService] as gRPC serves it. Each call runs on a virtual thread of its own; frames go out
/// when the transport is ready for them. Answers are compressed as the request was.
public final class RpcGrpcService implements BindableService {
  private static final Metadata.Key<String> ENCODING =
      Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

  private final RpcService service;

  public RpcGrpcService(RpcService service) {
    this.service = service;
  }

  @Override
  public ServerServiceDefinition bindService() {
    var definition = ServerServiceDefinition.builder(service.name());
    service
        .handlers()
        .forEach((method, handler) ->
            definition.addMethod(
                method.descriptor(), (call, headers) -> start(call, headers, handler)));
    return definition.build();
  }

  private static ServerCall.Listener<byte[]> start(
      ServerCall<byte[], byte[]> call, Metadata headers, RpcHandler handler) {
    Optional<FoursightException> refusal = WireVersion.refusal(headers);
    if (refusal.isPresent()) {
      call.close(RpcErrors.status(refusal.get()), RpcErrors.trailers(refusal.get()));
      return new ServerCall.Listener<>() {};
    }
    String encoding = headers.get(ENCODING);
    if (encoding != null && !encoding.equals("identity")) {
      call.setCompression(encoding);
    }
    var trace = TraceContext.of(Optional.ofNullable(headers.get(GrpcCaller.TRACE)));
    var serving = new Serving(call, handler, trace);
    call.request(2);
    return serving;
  }

  private static final class Serving extends ServerCall.Listener<byte[]>
      implements RpcHandler.Call {
    private final ServerCall<byte[], byte[]> call;
    private final RpcHandler handler;
    private final Optional<TraceContext> trace;
    private final SendGate gate = new SendGate();
    private final Deadline deadline;
    private Optional<byte[]> request = Optional.empty();
    private boolean headersSent;

    Serving(ServerCall<byte[], byte[]> call, RpcHandler handler, Optional<TraceContext> trace) {
      this.call = call;
      this.handler = handler;
      this.trace = trace;
      io.grpc.Deadline wire = Context.current().getDeadline();
      this.deadline =
          wire == null
              ? Deadline.NONE
              : Deadline.after(Duration.ofNanos(wire.timeRemaining(TimeUnit.NANOSECONDS)));
    }

    @Override
    public void onMessage(byte[] message) {
      request = Optional.of(message);
    }

    @Override
    public void onHalfClose() {
      if (request.isEmpty()) {
        call.close(Status.INVALID_ARGUMENT.withDescription("no request"), new Metadata());
        return;
      }
      Thread.ofVirtual()
          .name("rpc-serve")
          .start(Context.current().wrap(() -> TraceContext.run(trace, this::run)));
    }

    @Override
    public void onReady() {
      gate.wake();
    }

    @Override
    public void onCancel() {
      gate.cancel();
    }

    private void run() {
      try {
        handler.handle(this);
        close(Status.OK, new Metadata());
      } catch (FoursightException e) {
        close(RpcErrors.status(e), RpcErrors.trailers(e));
      } catch (RuntimeException | Error e) {
        // Whatever it was, the caller waits for an answer.
        var failure =
            new FoursightException(
                ErrorKind.INTERNAL, "internal error: " + e.getClass().getSimpleName(), e);
        close(RpcErrors.status(failure), RpcErrors.trailers(failure));
      }
    }

    private synchronized void close(Status status, Metadata trailers) {
      if (!gate.isCanceled()) {
        call.close(status, trailers);
      }
    }

    @Override
    public byte[] request() {
      return request.orElseThrow();
    }

    @Override
    public Deadline deadline() {
      return deadline;
    }

    @Override
    public void onCancel(Runnable action) {
      gate.onCancel(action);
    }

    @Override
    public void send(byte[] frame) {
      gate.await(call::isReady);
      synchronized (this) {
        if (!headersSent) {
          headersSent = true;
          call.sendHeaders(new Metadata());
        }
        call.sendMessage(frame);
      }
    }
  }
}
