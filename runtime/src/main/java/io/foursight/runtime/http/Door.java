package io.foursight.runtime.http;

/// One listening port. Every data door speaks HTTP/1.1, h2c and gRPC.
public enum Door {
  /// `server.http_listen_port`: Mimir's paths and everything that does not collide with them.
  MAIN,
  LOGS,
  TRACES,
  PROFILES,
  OTLP_HTTP,
  OTLP_GRPC,
  /// Between components.
  INTERNAL_GRPC
}
