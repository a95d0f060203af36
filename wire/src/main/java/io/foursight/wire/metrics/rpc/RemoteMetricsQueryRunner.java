package io.foursight.wire.metrics.rpc;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.metrics.MetricsQueryResult;
import io.foursight.model.metrics.MetricsQueryRunner;
import io.foursight.wire.rpc.CallScope;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcStream;

/// Evaluates in another process. A query that failed because its evaluator went away (or could not
/// serve) is given to another one, a bounded number of times. Safe from any thread.
public final class RemoteMetricsQueryRunner implements MetricsQueryRunner {
  private final RpcCaller caller;
  private final int maxRetries;
  private final Runnable retried;

  /// @param retried told of each retry
  public RemoteMetricsQueryRunner(RpcCaller caller, int maxRetries, Runnable retried) {
    this.caller = caller;
    this.maxRetries = maxRetries;
    this.retried = retried;
  }

  @Override
  public MetricsQueryResult run(Request request) {
    byte[] encoded = MetricsRunnerService.encode(request);
    for (int attempt = 0; ; attempt++) {
      try (RpcStream stream =
          caller.call(MetricsRunnerService.RUN, encoded, CallScope.of(request.budget()))) {
        return ResultCodec.receive(stream, request.budget());
      } catch (FoursightException e) {
        request.budget().check();
        if (e.kind() != ErrorKind.UNAVAILABLE || attempt >= maxRetries) {
          throw e;
        }
        retried.run();
      }
    }
  }
}
