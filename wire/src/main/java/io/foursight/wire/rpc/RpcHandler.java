package io.foursight.wire.rpc;

import io.foursight.model.Deadline;

/// Answers one method; called on a virtual thread of its own, and may block.
@FunctionalInterface
public interface RpcHandler {
  /// Returns when everything has been sent.
  ///
  /// @throws io.foursight.model.FoursightException becomes the caller's
  void handle(Call call);

  /// One call as its handler sees it.
  interface Call {
    byte[] request();

    /// The caller's; never later than that.
    Deadline deadline();

    /// Runs when the caller gives up or goes away; at once if it already has.
    void onCancel(Runnable action);

    /// Sends a frame as soon as the transport has room.
    ///
    /// @throws io.foursight.model.FoursightException `CANCELED` when the caller is gone
    void send(byte[] frame);
  }
}
