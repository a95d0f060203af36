package io.foursight.wire.metrics.rpc;

import io.foursight.model.metrics.MetricsWriteResult;

/// A Sink for batches that [BatchCodec] encoded: one encoding may go to several of them, and
/// outlives the call. Safe from any thread; errors as in [io.foursight.model.metrics.MetricsSink].
@FunctionalInterface
public interface EncodedMetricsSink {
  MetricsWriteResult write(byte[] encoded);
}
