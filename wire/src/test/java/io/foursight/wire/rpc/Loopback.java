package io.foursight.wire.rpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// A service behind a real socket, and a caller before it.
public final class Loopback implements AutoCloseable {
  private final Server server;
  private final ManagedChannel channel;

  public Loopback(RpcService... services) {
    try {
      NettyServerBuilder builder =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .executor(task -> Thread.ofVirtual().start(task));
      for (RpcService service : services) {
        builder.addService(new RpcGrpcService(service));
      }
      server = builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    channel =
        NettyChannelBuilder.forAddress(server.getListenSockets().getFirst())
            .usePlaintext()
            .directExecutor()
            .build();
  }

  public RpcCaller caller() {
    return new GrpcCaller(channel, "loopback", "gzip");
  }

  /// As a caller of another release.
  RpcCaller caller(int version) {
    var headers = new Metadata();
    headers.put(WireVersion.HEADER, String.valueOf(version));
    Channel other =
        ClientInterceptors.intercept(
            channel,
            new ClientInterceptor() {
              @Override
              public <Q, A> ClientCall<Q, A> interceptCall(
                  MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                  @Override
                  public void start(Listener<A> listener, Metadata unused) {
                    super.start(listener, headers);
                  }
                };
              }
            });
    return new GrpcCaller(other, "loopback", "");
  }

  public void kill() {
    server.shutdownNow();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }
}
