package io.foursight.wire.traces.rpc;

import io.foursight.wire.rpc.RpcMethod;

/// The methods of one service that reads traces. The same shape is served by ingesters and by
/// store-gateways.
public record TracesSourceMethods(
    String service,
    RpcMethod select,
    RpcMethod candidates,
    RpcMethod trace,
    RpcMethod tagNames,
    RpcMethod tagValues,
    RpcMethod coveredBlocks) {
  public static final TracesSourceMethods INGESTER = of("foursight.traces.v1.Ingester");
  public static final TracesSourceMethods STORE_GATEWAY = of("foursight.traces.v1.StoreGateway");

  static TracesSourceMethods of(String service) {
    return new TracesSourceMethods(
        service,
        new RpcMethod(service, "Select"),
        new RpcMethod(service, "Candidates"),
        new RpcMethod(service, "Trace"),
        new RpcMethod(service, "TagNames"),
        new RpcMethod(service, "TagValues"),
        new RpcMethod(service, "CoveredBlocks"));
  }
}
