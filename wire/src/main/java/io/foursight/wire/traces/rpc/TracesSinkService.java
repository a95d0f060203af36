package io.foursight.wire.traces.rpc;

import io.foursight.model.traces.TracesSink;
import io.foursight.model.traces.TracesWriteResult;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.signals.EncodedSink;
import io.foursight.wire.signals.RemoteSink;
import java.time.Duration;

/// Serves a local Sink.
public final class TracesSinkService {
  static final RpcMethod WRITE = new RpcMethod(TracesSourceMethods.INGESTER.service(), "Write");

  private TracesSinkService() {}

  public static void register(RpcService service, TracesSink sink) {
    EncodedSink<TracesWriteResult> local = local(sink);
    service.on(WRITE, call -> call.send(TracesBatchCodec.encode(local.write(call.request()))));
  }

  /// A Sink of another process.
  public static EncodedSink<TracesWriteResult> remote(RpcCaller caller, Duration timeout) {
    return new RemoteSink<>(caller, WRITE, timeout, TracesBatchCodec::decodeResult);
  }

  /// A Sink of this process that takes what others get over the network.
  public static EncodedSink<TracesWriteResult> local(TracesSink sink) {
    return encoded -> {
      TracesBatchCodec.Decoded asked = TracesBatchCodec.decode(encoded);
      return sink.write(asked.tenant(), asked.batch());
    };
  }
}
