package io.foursight.wire.rpc;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;

/// One remote method, made once and kept: `service` is the full gRPC service name, `name` the
/// method's. Requests and frames are byte arrays.
public final class RpcMethod {
  private final String service;
  private final String name;
  private final MethodDescriptor<byte[], byte[]> descriptor;

  public RpcMethod(String service, String name) {
    this.service = service;
    this.name = name;
    this.descriptor =
        MethodDescriptor.newBuilder(ByteArrays.MARSHALLER, ByteArrays.MARSHALLER)
            .setType(MethodType.SERVER_STREAMING)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(service, name))
            .build();
  }

  public String service() {
    return service;
  }

  public String name() {
    return name;
  }

  /// `service/name`.
  public String fullName() {
    return descriptor.getFullMethodName();
  }

  MethodDescriptor<byte[], byte[]> descriptor() {
    return descriptor;
  }

  @Override
  public String toString() {
    return fullName();
  }
}
