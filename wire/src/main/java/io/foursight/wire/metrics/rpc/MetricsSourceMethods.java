package io.foursight.wire.metrics.rpc;

import io.foursight.wire.rpc.RpcMethod;

/// The methods of one service that reads metrics. The same shape is served by ingesters, by
/// store-gateways and, through its worker streams, by queriers.
public record MetricsSourceMethods(
    String service,
    RpcMethod select,
    RpcMethod series,
    RpcMethod labelNames,
    RpcMethod labelValues,
    RpcMethod exemplars,
    RpcMethod metadata) {
  public static final MetricsSourceMethods INGESTER = of("foursight.metrics.v1.Ingester");
  public static final MetricsSourceMethods STORE_GATEWAY = of("foursight.metrics.v1.StoreGateway");
  public static final MetricsSourceMethods QUERIER = of("foursight.metrics.v1.Querier");

  static MetricsSourceMethods of(String service) {
    return new MetricsSourceMethods(
        service,
        new RpcMethod(service, "Select"),
        new RpcMethod(service, "Series"),
        new RpcMethod(service, "LabelNames"),
        new RpcMethod(service, "LabelValues"),
        new RpcMethod(service, "Exemplars"),
        new RpcMethod(service, "Metadata"));
  }
}
