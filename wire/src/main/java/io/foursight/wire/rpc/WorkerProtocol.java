package io.foursight.wire.rpc;

import io.foursight.model.FoursightException;
import io.foursight.model.TraceContext;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.util.Optional;

/// The calls that a worker pulls. A worker opens a stream, says who it is, and waits; it is given
/// one call, answers with frames and an end, and the stream is over. Canceling the stream cancels
/// the call.
///
/// ```
/// worker -> dispatcher   1 string worker   2 bytes frame   3 msg end { 1 string kind, 2 string message }
///                        4 varint wire version, with 1
/// dispatcher -> worker   1 string service/method   2 bytes request   3 varint milliseconds left, 0 = no end
///                        4 string traceparent
/// ```
final class WorkerProtocol {
  private static final int BYTES = ProtoReader.BYTES;

  /// What a worker says.
  sealed interface FromWorker {}

  /// @param version of its wire, 0 = not said
  record Hello(String worker, int version) implements FromWorker {}

  record Frame(byte[] bytes) implements FromWorker {}

  /// @param failure empty when all went well
  record End(Optional<FoursightException> failure) implements FromWorker {}

  /// One call for a worker.
  record Work(String method, byte[] request, long millis, Optional<TraceContext> trace) {}

  private WorkerProtocol() {}

  /// @param service of the dispatcher
  static MethodDescriptor<byte[], byte[]> work(String service) {
    return MethodDescriptor.newBuilder(ByteArrays.MARSHALLER, ByteArrays.MARSHALLER)
        .setType(MethodType.BIDI_STREAMING)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(service, "Work"))
        .build();
  }

  static byte[] encode(FromWorker message) {
    var out = new ProtoWriter(message instanceof Frame f ? f.bytes.length + 16 : 128);
    switch (message) {
      case Hello(String worker, int version) -> {
        out.string(1, worker);
        out.varint(4, version);
      }
      case Frame(byte[] bytes) -> out.bytes(2, bytes);
      case End(Optional<FoursightException> failure) -> {
        int mark = out.begin(3);
        failure.ifPresent(e -> {
          out.string(1, e.kind().name());
          out.string(2, RpcErrors.cut(String.valueOf(e.getMessage())));
        });
        out.end(mark);
      }
    }
    return out.toByteArray();
  }

  static FromWorker fromWorker(byte[] bytes) {
    var in = new ProtoReader(bytes);
    FromWorker message = new Hello("", 0);
    String worker = "";
    int version = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> worker = in.string();
        case 4 << 3 -> version = (int) in.varint();
        case 2 << 3 | BYTES -> message = new Frame(in.bytes());
        case 3 << 3 | BYTES -> message = end(in);
        default -> in.skip(tag);
      }
    }
    return message instanceof Hello ? new Hello(worker, version) : message;
  }

  private static End end(ProtoReader in) {
    int outer = in.enter();
    String kind = "";
    String message = "";
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> kind = in.string();
        case 2 << 3 | BYTES -> message = in.string();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new End(
        kind.isEmpty()
            ? Optional.empty()
            : Optional.of(new FoursightException(RpcErrors.kind(kind), message)));
  }

  static byte[] encode(Work work) {
    var out = new ProtoWriter(work.request.length + 128);
    out.string(1, work.method);
    out.bytes(2, work.request);
    out.varint(3, work.millis);
    work.trace.ifPresent(trace -> out.string(4, trace.traceparent()));
    return out.toByteArray();
  }

  static Work work(byte[] bytes) {
    var in = new ProtoReader(bytes);
    String method = "";
    byte[] request = {};
    long millis = 0;
    Optional<String> trace = Optional.empty();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> method = in.string();
        case 2 << 3 | BYTES -> request = in.bytes();
        case 3 << 3 -> millis = in.varint();
        case 4 << 3 | BYTES -> trace = Optional.of(in.string());
        default -> in.skip(tag);
      }
    }
    return new Work(method, request, millis, TraceContext.of(trace));
  }
}
