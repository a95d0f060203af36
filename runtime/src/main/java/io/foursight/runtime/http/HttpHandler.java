package io.foursight.runtime.http;

/// Answers one call with straight-line blocking code, on a virtual thread of its own.
@FunctionalInterface
public interface HttpHandler {
  /// @throws Exception a `FoursightException` becomes the status of its kind with the body shape
  ///   that the route was registered with; anything else is logged and becomes 500
  HttpReply handle(HttpCall call) throws Exception;
}
