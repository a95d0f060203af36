package io.foursight.wire.logs.rpc;

import io.foursight.wire.rpc.RpcMethod;

/// The methods of one service that reads logs. The same shape is served by ingesters, by
/// store-gateways and, through its worker streams, by queriers.
public record LogsSourceMethods(
    String service,
    RpcMethod select,
    RpcMethod series,
    RpcMethod labelNames,
    RpcMethod labelValues,
    RpcMethod stats,
    RpcMethod volumes,
    RpcMethod patterns,
    RpcMethod coveredBlocks) {
  public static final LogsSourceMethods INGESTER = of("foursight.logs.v1.Ingester");
  public static final LogsSourceMethods STORE_GATEWAY = of("foursight.logs.v1.StoreGateway");
  public static final LogsSourceMethods QUERIER = of("foursight.logs.v1.Querier");

  static LogsSourceMethods of(String service) {
    return new LogsSourceMethods(
        service,
        new RpcMethod(service, "Select"),
        new RpcMethod(service, "Series"),
        new RpcMethod(service, "LabelNames"),
        new RpcMethod(service, "LabelValues"),
        new RpcMethod(service, "Stats"),
        new RpcMethod(service, "Volumes"),
        new RpcMethod(service, "Patterns"),
        new RpcMethod(service, "CoveredBlocks"));
  }
}
