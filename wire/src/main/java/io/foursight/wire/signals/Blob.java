package io.foursight.wire.signals;

import io.foursight.model.QueryBudget;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcStream;
import java.io.ByteArrayOutputStream;
import java.util.Optional;

/// One message that may be larger than a frame should be: `1 bytes` its next bytes, once a frame.
public final class Blob {
  private static final int FRAME_BYTES = 512 << 10;

  private Blob() {}

  public static void send(byte[] message, int size, RpcHandler.Call call) {
    int from = 0;
    do {
      int to = Math.min(size, from + FRAME_BYTES);
      var out = new ProtoWriter(to - from + 16);
      out.bytes(1, message, from, to - from);
      call.send(out.toByteArray());
      from = to;
    } while (from < size);
  }

  /// @param budget charged while the message is received; it is the receiver's to charge then
  public static byte[] receive(RpcStream stream, QueryBudget budget) {
    var message = new ByteArrayOutputStream();
    long charged = 0;
    try (stream) {
      for (Optional<byte[]> frame = stream.next(); frame.isPresent(); frame = stream.next()) {
        budget.charge(2L * frame.get().length);
        charged += 2L * frame.get().length;
        var in = new ProtoReader(frame.get());
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
          if (tag == (1 << 3 | ProtoReader.BYTES)) {
            int length = in.length();
            message.write(in.array(), in.position(), length);
            in.position(in.position() + length);
          } else {
            in.skip(tag);
          }
        }
      }
      return message.toByteArray();
    } finally {
      budget.release(charged);
    }
  }
}
