package io.foursight.wire.signals;

import io.foursight.model.Deadline;
import io.foursight.wire.rpc.CallScope;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcMethod;
import java.time.Duration;
import java.util.function.Function;

/// A Sink in another process. Safe from any thread.
///
/// @param <R> what became of a batch
public final class RemoteSink<R> implements EncodedSink<R> {
  private final RpcCaller caller;
  private final RpcMethod method;
  private final Duration timeout;
  private final Function<byte[], R> result;

  /// @param result decodes the answer
  public RemoteSink(
      RpcCaller caller, RpcMethod method, Duration timeout, Function<byte[], R> result) {
    this.caller = caller;
    this.method = method;
    this.timeout = timeout;
    this.result = result;
  }

  @Override
  public R write(byte[] encoded) {
    CallScope scope = CallScope.of(Deadline.after(timeout));
    return result.apply(caller.call(method, encoded, scope).single());
  }
}
