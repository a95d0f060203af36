package io.foursight.wire.metrics.rpc;

import io.foursight.model.metrics.MetricsQueryResult;
import io.foursight.model.metrics.MetricsQueryRunner;
import io.foursight.wire.rpc.CallScope;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcStream;

/// Evaluates in another process. Safe from any thread.
public final class RemoteMetricsQueryRunner implements MetricsQueryRunner {
  private final RpcCaller caller;

  public RemoteMetricsQueryRunner(RpcCaller caller) {
    this.caller = caller;
  }

  @Override
  public MetricsQueryResult run(Request request) {
    byte[] encoded = MetricsRunnerService.encode(request);
    try (RpcStream stream =
        caller.call(
            MetricsRunnerService.RUN,
            encoded,
            CallScope.of(request.budget()).of(request.tenants()))) {
      return ResultCodec.receive(stream, request.budget());
    }
  }
}
