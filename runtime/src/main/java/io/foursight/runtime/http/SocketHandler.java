package io.foursight.runtime.http;

/// Answers WebSocket connections on one path.
@FunctionalInterface
public interface SocketHandler {
  /// Looks at the request before the upgrade, on a virtual thread.
  ///
  /// @return what to do with the connection
  /// @throws Exception a `FoursightException` refuses the upgrade with the status of its kind and
  ///   the route's error shape; anything else with 500
  Session open(HttpCall call) throws Exception;

  /// One connection; runs on a virtual thread of its own until it returns, which closes the socket.
  @FunctionalInterface
  interface Session {
    void run(Socket socket) throws Exception;
  }
}
