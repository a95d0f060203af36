package io.foursight.distributor.metrics;

import io.foursight.wire.protobuf.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Small remote write requests for tests, labels in the order given.
final class Requests {
  private Requests() {}

  /// One series of a 1.0 request with one sample.
  static void series(ProtoWriter out, long timestamp, double value, String... pairs) {
    int series = out.begin(1);
    for (int i = 0; i < pairs.length; i += 2) {
      int m = out.begin(1);
      out.string(1, pairs[i]);
      out.string(2, pairs[i + 1]);
      out.end(m);
    }
    int m = out.begin(2);
    out.float64(1, value);
    out.varint(2, timestamp);
    out.end(m);
    out.end(series);
  }

  static byte[] v1(long timestamp, double value, String... pairs) {
    var out = new ProtoWriter();
    series(out, timestamp, value, pairs);
    return out.toByteArray();
  }

  /// A 2.0 request: one series with one sample.
  static byte[] v2(long timestamp, double value, String... pairs) {
    List<String> symbols = new ArrayList<>(List.of(""));
    symbols.addAll(List.of(pairs));
    var out = new ProtoWriter();
    for (String symbol : symbols) {
      out.bytes(4, symbol.getBytes(StandardCharsets.UTF_8));
    }
    int series = out.begin(5);
    int refs = out.begin(1);
    for (int i = 1; i < symbols.size(); i++) {
      out.rawVarint(i);
    }
    out.end(refs);
    int m = out.begin(2);
    out.float64(1, value);
    out.varint(2, timestamp);
    out.end(m);
    out.end(series);
    return out.toByteArray();
  }
}
