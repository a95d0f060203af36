/// The server behind the doors: Armeria for HTTP/1.1, h2c and gRPC on one port, grpc-netty for the
/// gRPC-only doors. Decodes bodies, picks routes, runs handlers on virtual threads, maps errors to
/// statuses, drains on stop. Nothing above sees a class of the server library.
package io.foursight.runtime.server;
