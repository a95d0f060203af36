package io.foursight.runtime.http;

import java.time.Duration;

/// A WebSocket (RFC 6455) from the server's side: text frames out; what the client sends is read
/// and ignored. Owned by one thread.
public interface Socket {
  /// Sends a text frame and waits until the connection has taken it.
  ///
  /// @return false when the client did not take it in time or is gone: the socket is of no more use
  boolean send(byte[] utf8, Duration patience);

  /// Whether the client is still there.
  boolean isOpen();

  /// Ends the connection with a reason for the client (at most 123 bytes of UTF-8 are sent).
  void close(Code code, String reason);

  /// Why a connection ends, by the numbers of the RFC.
  enum Code {
    NORMAL,
    GOING_AWAY,
    INTERNAL_ERROR
  }
}
