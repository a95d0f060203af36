package io.foursight.wire.profiles.rpc;

import io.foursight.wire.rpc.RpcMethod;

/// The methods of one service that reads profiles. The same shape is served by ingesters and by
/// store-gateways.
public record ProfilesSourceMethods(
    String service,
    RpcMethod merge,
    RpcMethod rows,
    RpcMethod series,
    RpcMethod labelNames,
    RpcMethod labelValues,
    RpcMethod stats,
    RpcMethod coveredBlocks) {
  public static final ProfilesSourceMethods INGESTER = of("foursight.profiles.v1.Ingester");
  public static final ProfilesSourceMethods STORE_GATEWAY =
      of("foursight.profiles.v1.StoreGateway");

  static ProfilesSourceMethods of(String service) {
    return new ProfilesSourceMethods(
        service,
        new RpcMethod(service, "Merge"),
        new RpcMethod(service, "Rows"),
        new RpcMethod(service, "Series"),
        new RpcMethod(service, "LabelNames"),
        new RpcMethod(service, "LabelValues"),
        new RpcMethod(service, "Stats"),
        new RpcMethod(service, "CoveredBlocks"));
  }
}
