package io.foursight.queryfrontend.traces;

import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.json.JsonBuffer;
import io.foursight.wire.traces.tempo.TempoJson;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// An answer in the form that the client accepts.
final class Answers {
  private static final String PROTOBUF = "application/protobuf";

  private Answers() {}

  /// Whether the client takes protobuf; else it gets JSON.
  static boolean protobuf(HttpCall call) {
    return call.header("accept").filter(accept -> accept.contains(PROTOBUF)).isPresent();
  }

  static HttpReply of(HttpCall call, Consumer<TempoJson> json, Supplier<byte[]> protobuf) {
    if (protobuf(call)) {
      return HttpReply.of(200, PROTOBUF, protobuf.get());
    }
    var out = new JsonBuffer();
    json.accept(new TempoJson(out));
    return HttpReply.json(200, out.toByteArray());
  }
}
