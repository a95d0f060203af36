package io.foursight.wire.metrics.rpc;

import io.foursight.model.SeriesHash;
import io.foursight.model.metrics.MetricsSink;
import io.foursight.model.metrics.MetricsWriteResult;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.signals.EncodedSink;
import io.foursight.wire.signals.RemoteSink;
import java.time.Duration;

/// Serves a local Sink.
public final class MetricsSinkService {
  static final RpcMethod WRITE = new RpcMethod(MetricsSourceMethods.INGESTER.service(), "Write");

  private MetricsSinkService() {}

  /// @param hash the keyed hash of this process, which the Sink expects in a batch
  public static void register(RpcService service, MetricsSink sink, SeriesHash hash) {
    service.on(WRITE, call -> write(call, sink, hash));
  }

  /// A Sink of another process.
  public static EncodedSink<MetricsWriteResult> remote(RpcCaller caller, Duration timeout) {
    return new RemoteSink<>(caller, WRITE, timeout, BatchCodec::decodeResult);
  }

  private static void write(RpcHandler.Call call, MetricsSink sink, SeriesHash hash) {
    call.send(BatchCodec.encode(local(sink, hash).write(call.request())));
  }

  /// A Sink of this process that takes what others get over the network.
  public static EncodedSink<MetricsWriteResult> local(MetricsSink sink, SeriesHash hash) {
    return encoded -> {
      BatchCodec.Decoded asked = BatchCodec.decode(encoded);
      asked.batch().hashSeries(hash);
      return sink.write(asked.tenant(), asked.batch());
    };
  }
}
