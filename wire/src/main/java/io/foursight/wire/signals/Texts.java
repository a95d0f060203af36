package io.foursight.wire.signals;

import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Frames of texts: `1 string`, once for each; and numbers alone: `1 sint`.
public final class Texts {
  private static final int FRAME_BYTES = 256 << 10;

  private Texts() {}

  public static void send(List<String> texts, RpcHandler.Call call) {
    var out = new ProtoWriter(1 << 12);
    for (String text : texts) {
      out.bytes(1, text.getBytes(StandardCharsets.UTF_8));
      if (out.size() >= FRAME_BYTES) {
        call.send(out.toByteArray());
        out.clear();
      }
    }
    if (out.size() > 0) {
      call.send(out.toByteArray());
    }
  }

  public static List<String> receive(RpcStream stream) {
    var texts = new ArrayList<String>();
    try (stream) {
      for (Optional<byte[]> frame = stream.next(); frame.isPresent(); frame = stream.next()) {
        var in = new ProtoReader(frame.get());
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
          if (tag == (1 << 3 | ProtoReader.BYTES)) {
            texts.add(in.string());
          } else {
            in.skip(tag);
          }
        }
      }
    }
    return texts;
  }

  public static byte[] number(long value) {
    var out = new ProtoWriter(16);
    out.sint(1, value);
    return out.toByteArray();
  }

  public static long number(byte[] bytes) {
    var in = new ProtoReader(bytes);
    long value = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == 1 << 3) {
        value = in.zigzag64();
      } else {
        in.skip(tag);
      }
    }
    return value;
  }
}
