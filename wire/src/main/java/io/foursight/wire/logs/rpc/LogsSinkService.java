package io.foursight.wire.logs.rpc;

import io.foursight.model.logs.LogsSink;
import io.foursight.model.logs.LogsWriteResult;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.signals.EncodedSink;
import io.foursight.wire.signals.RemoteSink;
import java.time.Duration;

/// Serves a local Sink.
public final class LogsSinkService {
  static final RpcMethod WRITE = new RpcMethod(LogsSourceMethods.INGESTER.service(), "Write");

  private LogsSinkService() {}

  public static void register(RpcService service, LogsSink sink) {
    EncodedSink<LogsWriteResult> local = local(sink);
    service.on(WRITE, call -> call.send(LogsBatchCodec.encode(local.write(call.request()))));
  }

  /// A Sink of another process.
  public static EncodedSink<LogsWriteResult> remote(RpcCaller caller, Duration timeout) {
    return new RemoteSink<>(caller, WRITE, timeout, LogsBatchCodec::decodeResult);
  }

  /// A Sink of this process that takes what others get over the network.
  public static EncodedSink<LogsWriteResult> local(LogsSink sink) {
    return encoded -> {
      LogsBatchCodec.Decoded asked = LogsBatchCodec.decode(encoded);
      return sink.write(asked.tenant(), asked.batch());
    };
  }
}
