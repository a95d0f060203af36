package io.foursight.runtime.http;

import io.foursight.model.FoursightException;
import io.grpc.BindableService;
import java.util.Set;

/// Where components register what they answer, before the server starts.
public interface HttpRoutes {
  /// Turns a failure into this API's error body.
  @FunctionalInterface
  interface ErrorShape {
    /// @param status what the status table says for the error's kind; the shape may overrule it
    HttpReply render(int status, FoursightException error);

    /// `text/plain` with the message: Mimir's push and admin paths.
    ErrorShape TEXT = (status, error) -> HttpReply.text(status, error.getMessage() + "\n");
  }

  /// Adds a route. Patterns are literal segments, `{name}` for one segment and a last `{name...}`
  /// for the rest. Another method on a known path is 405 with `Allow`.
  ///
  /// @param name a short stable name for metrics, such as `api_v1_push`
  void add(
      Door door,
      Set<String> methods,
      String pattern,
      String name,
      ErrorShape errors,
      HttpHandler handler);

  /// Adds a route to every HTTP door that is open anyway: admin paths of a component that serves
  /// several signals. Unless said otherwise, to the main one.
  default void addEverywhere(
      Set<String> methods, String pattern, String name, ErrorShape errors, HttpHandler handler) {
    add(Door.MAIN, methods, pattern, name, errors, handler);
  }

  /// Adds a path that answers WebSocket connections; other requests to it are 400. The pattern has
  /// literal segments only.
  void addSocket(Door door, String pattern, String name, ErrorShape errors, SocketHandler handler);

  /// Serves a gRPC service on a door, unary and server-streaming methods. The door resolves the
  /// tenant of each call into [GrpcTenant#KEY].
  void addGrpc(Door door, BindableService service);

  /// Something to do while stopping, when no request of the HTTP doors runs any more and before
  /// calls between components are waited for: streams that others hold open must be ended then.
  default void onDrained(Runnable action) {
    // Nothing ever drains what does not stop.
  }
}
