package io.foursight.runtime.server;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Serves grpc-java services on a door that is shared with HTTP: unary and server-streaming
/// methods, gzip both ways, deadlines, cancellation, and gRPC-Web. Client streaming is
/// `UNIMPLEMENTED`.
final class GrpcAdapter {
  private final Map<String, ServerMethodDefinition<?, ?>> methods = new HashMap<>();
  private final Workers workers;
  private final long maxMessageBytes;
  private final ScheduledExecutorService deadlines;

  GrpcAdapter(Workers workers, long maxMessageBytes) {
    this.workers = workers;
    this.maxMessageBytes = maxMessageBytes;
    this.deadlines =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("rpc-deadlines").factory());
  }

  void add(ServerServiceDefinition service) {
    for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
      methods.put("/" + method.getMethodDescriptor().getFullMethodName(), method);
    }
  }

  boolean isEmpty() {
    return methods.isEmpty();
  }

  HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    context.setMaxRequestLength(maxMessageBytes);
    HttpResponseWriter writer = HttpResponse.streaming();
    GrpcWire wire = GrpcWire.of(request.headers().get("content-type", ""));
    ServerMethodDefinition<?, ?> method = methods.get(context.path());
    if (method == null || !method.getMethodDescriptor().getType().clientSendsOneMessage()) {
      request.abort();
      GrpcReply.closeAtOnce(
          writer, wire, Status.UNIMPLEMENTED.withDescription("unknown method " + context.path()));
      return writer;
    }
    request
        .aggregate()
        .handle((whole, failure) -> {
          if (failure == null) {
            workers.run(
                () -> call(method, context, whole.headers(), whole.content().array(), writer, wire),
                refusal ->
                    GrpcReply.closeAtOnce(writer, wire, GrpcGuard.error(refusal).getStatus()),
                true);
          } else {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            GrpcReply.closeAtOnce(
                writer, wire, Status.RESOURCE_EXHAUSTED.withDescription(cause.toString()));
          }
          return null;
        });
    return writer;
  }

  private <Q, A> void call(
      ServerMethodDefinition<Q, A> method,
      ServiceRequestContext http,
      RequestHeaders headers,
      byte[] body,
      HttpResponseWriter writer,
      GrpcWire wire) {
    boolean gzip = headers.get("grpc-accept-encoding", "").contains("gzip");
    var reply = new GrpcReply<>(method.getMethodDescriptor(), writer, wire, gzip);
    Context.CancellableContext context = context(headers);
    try {
      byte[] message =
          GrpcFrames.single(
              wire.decoded(body), headers.get("grpc-encoding", "identity"), maxMessageBytes);
      Q request =
          method
              .getMethodDescriptor()
              .getRequestMarshaller()
              .parse(new ByteArrayInputStream(message));
      context.run(() -> {
        var listener = method.getServerCallHandler().startCall(reply, metadata(headers));
        var unused =
            http.whenRequestCancelled()
                .thenAccept(cause ->
                    Thread.startVirtualThread(() -> {
                      reply.cancel();
                      context.cancel(cause);
                      listener.onCancel();
                    }));
        context.addListener(
            c -> {
              if (c.getDeadline() != null && c.getDeadline().isExpired()) {
                reply.close(
                    Status.DEADLINE_EXCEEDED.withDescription("the deadline passed"),
                    new Metadata());
              }
            },
            Runnable::run);
        listener.onReady();
        listener.onMessage(request);
        listener.onHalfClose();
        if (reply.isClosed() && !reply.isCancelled()) {
          listener.onComplete();
        }
      });
    } catch (FoursightException e) {
      GrpcGuard.closeWith(reply, e);
    } catch (RuntimeException e) {
      GrpcGuard.closeWith(
          reply,
          new FoursightException(
              ErrorKind.BAD_DATA, "the message does not parse: " + e.getMessage(), e));
    }
    reply.whenClosed(() -> context.cancel(null));
  }

  private Context.CancellableContext context(RequestHeaders headers) {
    String timeout = headers.get("grpc-timeout");
    return timeout == null || timeout.length() < 2
        ? Context.ROOT.withCancellation()
        : Context.ROOT.withDeadlineAfter(amount(timeout), unit(timeout), deadlines);
  }

  private static long amount(String timeout) {
    try {
      return Long.parseLong(timeout.substring(0, timeout.length() - 1));
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  private static TimeUnit unit(String timeout) {
    return switch (timeout.charAt(timeout.length() - 1)) {
      case 'H' -> TimeUnit.HOURS;
      case 'M' -> TimeUnit.MINUTES;
      case 'S' -> TimeUnit.SECONDS;
      case 'm' -> TimeUnit.MILLISECONDS;
      case 'u' -> TimeUnit.MICROSECONDS;
      default -> TimeUnit.NANOSECONDS;
    };
  }

  private static Metadata metadata(RequestHeaders headers) {
    var metadata = new Metadata();
    headers.forEach((name, value) -> {
      String key = name.toString();
      if (!key.startsWith(":") && !key.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
        metadata.put(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER), value);
      }
    });
    return metadata;
  }

  void stop() {
    deadlines.shutdownNow();
  }
}
