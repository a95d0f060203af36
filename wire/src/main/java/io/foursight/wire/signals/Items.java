package io.foursight.wire.signals;

import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// Lists of items, each a message of its own, in frames of a bounded size: `1 msg item`, once for
/// each.
public final class Items {
  private static final int FRAME_BYTES = 256 << 10;

  private Items() {}

  /// @param item writes the fields of one
  public static <T> void send(List<T> all, RpcHandler.Call call, BiConsumer<ProtoWriter, T> item) {
    var out = new ProtoWriter(1 << 12);
    for (T one : all) {
      int mark = out.begin(1);
      item.accept(out, one);
      out.end(mark);
      if (out.size() >= FRAME_BYTES) {
        call.send(out.toByteArray());
        out.clear();
      }
    }
    if (out.size() > 0) {
      call.send(out.toByteArray());
    }
  }

  /// @param item reads the fields of one, to the end
  public static <T> List<T> receive(RpcStream stream, Function<ProtoReader, T> item) {
    var all = new ArrayList<T>();
    try (stream) {
      for (Optional<byte[]> frame = stream.next(); frame.isPresent(); frame = stream.next()) {
        var in = new ProtoReader(frame.get());
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
          if (tag == (1 << 3 | ProtoReader.BYTES)) {
            int outer = in.enter();
            all.add(item.apply(in));
            in.leave(outer);
          } else {
            in.skip(tag);
          }
        }
      }
    }
    return all;
  }
}
