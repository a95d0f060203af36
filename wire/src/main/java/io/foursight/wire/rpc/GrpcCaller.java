package io.foursight.wire.rpc;

import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.TraceContext;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Calls over a gRPC channel.
public final class GrpcCaller implements RpcCaller {
  static final Metadata.Key<String> TRACE =
      Metadata.Key.of(TraceContext.HEADER, Metadata.ASCII_STRING_MARSHALLER);

  private static final Duration LONG = Duration.ofDays(1);

  private final Channel channel;
  private final String peer;
  private final CallOptions options;

  /// @param peer names the other side in messages
  /// @param compression a registered gRPC encoding for requests, or empty
  public GrpcCaller(Channel channel, String peer, String compression) {
    this.channel = channel;
    this.peer = peer;
    this.options =
        compression.isEmpty()
            ? CallOptions.DEFAULT
            : CallOptions.DEFAULT.withCompression(compression);
  }

  @Override
  public RpcStream call(RpcMethod method, byte[] request, CallScope scope) {
    ClientCall<byte[], byte[]> call =
        channel.newCall(method.descriptor(), within(scope.deadline()));
    var frames = new FrameQueue(scope, call::request);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(byte[] frame) {
            frames.frame(frame);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            frames.end(
                status.isOk()
                    ? Optional.empty()
                    : Optional.of(RpcErrors.received(status, trailers, peer)));
          }
        },
        headers());
    call.request(FrameQueue.AHEAD);
    call.sendMessage(request);
    call.halfClose();
    return new Stream(call, frames);
  }

  private static Metadata headers() {
    Metadata headers = WireVersion.header();
    TraceContext.current().ifPresent(trace -> headers.put(TRACE, trace.traceparent()));
    return headers;
  }

  private CallOptions within(Deadline deadline) {
    Duration left = deadline.remaining();
    return left.compareTo(LONG) > 0
        ? options
        : options.withDeadlineAfter(left.toNanos(), TimeUnit.NANOSECONDS);
  }

  private record Stream(ClientCall<byte[], byte[]> call, FrameQueue frames) implements RpcStream {
    @Override
    public Optional<byte[]> next() {
      try {
        return frames.next();
      } catch (FoursightException e) {
        close();
        throw e;
      }
    }

    @Override
    public void close() {
      if (!frames.ended()) {
        call.cancel("the reader needs no more", null);
      }
    }
  }
}
