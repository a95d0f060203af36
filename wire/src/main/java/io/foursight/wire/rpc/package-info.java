/// Calls between components: one shape for all signals. A call is one request and a stream of
/// answer frames (a unary call has one frame), both opaque bytes here; the signal packages beside
/// this one know what is in them.
///
/// ```
/// stub (a Sink, Source, Runner) -> RpcCaller -> gRPC channel  or  a parked worker stream
///                                                 |                  |
///                                  RpcGrpcService, WorkerClient -> RpcHandler -> local port
/// ```
///
/// Versions: messages are protobuf-shaped, unknown fields are skipped, and fields are only ever
/// added; a method that changes its meaning gets a new name. So two neighbouring releases talk;
/// each side says its number (`WireVersion`), and releases further apart are told so.
///
/// Back-pressure is gRPC's: a reader asks for few frames ahead, a writer waits until the transport
/// has room. Deadlines travel as gRPC's; a reader that closes early cancels the handler. A failure
/// keeps its kind and message: the kind's name is in the trailer `foursight-error-kind`.
package io.foursight.wire.rpc;
