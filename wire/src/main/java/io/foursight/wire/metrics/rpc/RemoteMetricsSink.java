package io.foursight.wire.metrics.rpc;

import io.foursight.model.Deadline;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.MetricsSink;
import io.foursight.model.metrics.MetricsWriteResult;
import io.foursight.wire.rpc.CallScope;
import io.foursight.wire.rpc.RpcCaller;
import java.time.Duration;

/// A Sink in another process. Safe from any thread.
public final class RemoteMetricsSink implements MetricsSink, EncodedMetricsSink {
  private final RpcCaller caller;
  private final Duration timeout;

  public RemoteMetricsSink(RpcCaller caller, Duration timeout) {
    this.caller = caller;
    this.timeout = timeout;
  }

  @Override
  public MetricsWriteResult write(TenantId tenant, MetricsBatch batch) {
    return write(BatchCodec.encode(tenant, batch));
  }

  @Override
  public MetricsWriteResult write(byte[] encoded) {
    return BatchCodec.decodeResult(
        caller
            .call(MetricsSinkService.WRITE, encoded, CallScope.of(Deadline.after(timeout)))
            .single());
  }
}
