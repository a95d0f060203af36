package io.foursight.wire.rpc;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.util.Optional;

/// The answer of a call, frame by frame. Owned by one thread.
public interface RpcStream extends AutoCloseable {
  /// Waits for the next frame; empty at the end, and then forever.
  ///
  /// @throws FoursightException what the handler threw, with its kind and message; `UNAVAILABLE`
  ///   when the peer is gone; `TIMEOUT`; what the scope's check throws
  Optional<byte[]> next();

  /// Lets go; before the end it cancels the call. Safe twice.
  @Override
  void close();

  /// The only frame of a unary answer.
  default byte[] single() {
    try (this) {
      byte[] frame =
          next().orElseThrow(() -> new FoursightException(ErrorKind.INTERNAL, "an empty answer"));
      // The end carries the status: an answer counts when it came with an OK.
      if (next().isPresent()) {
        throw new FoursightException(ErrorKind.INTERNAL, "more than one answer");
      }
      return frame;
    }
  }
}
