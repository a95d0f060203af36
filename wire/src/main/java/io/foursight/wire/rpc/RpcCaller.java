package io.foursight.wire.rpc;

/// Where a stub sends its calls: a channel to one process, or a pool of workers. Safe from any
/// thread.
public interface RpcCaller {
  /// Begins a call; does not wait for an answer.
  ///
  /// @throws io.foursight.model.FoursightException `UNAVAILABLE` when it cannot even begin
  RpcStream call(RpcMethod method, byte[] request, CallScope scope);
}
