package io.foursight.wire.metrics.rpc;

import io.foursight.model.Labels;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.LabelBytes;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Frames of exemplars: `1 msg series { 1 bytes labels, 2 msg exemplar { 1 bytes labels, 2 double
/// value, 3 sint timestamp }.. }`, once for each series.
final class ExemplarCodec {
  private static final int FRAME_BYTES = 256 << 10;
  private static final int BYTES = ProtoReader.BYTES;

  private ExemplarCodec() {}

  static void send(List<ExemplarSeries> all, RpcHandler.Call call) {
    var out = new ProtoWriter(1 << 12);
    for (ExemplarSeries series : all) {
      int mark = out.begin(1);
      out.bytes(1, LabelBytes.encode(series.labels()));
      for (Exemplar exemplar : series.exemplars()) {
        int inner = out.begin(2);
        out.bytes(1, LabelBytes.encode(exemplar.labels()));
        out.float64(2, exemplar.value());
        out.sint(3, exemplar.timestampMillis());
        out.end(inner);
      }
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

  static List<ExemplarSeries> receive(RpcStream stream) {
    var all = new ArrayList<ExemplarSeries>();
    try (stream) {
      for (Optional<byte[]> frame = stream.next(); frame.isPresent(); frame = stream.next()) {
        var in = new ProtoReader(frame.get());
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
          if (tag == (1 << 3 | BYTES)) {
            all.add(series(in));
          } else {
            in.skip(tag);
          }
        }
      }
    }
    return all;
  }

  private static ExemplarSeries series(ProtoReader in) {
    int outer = in.enter();
    Labels labels = Labels.EMPTY;
    var exemplars = new ArrayList<Exemplar>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> labels = labels(in);
        case 2 << 3 | BYTES -> exemplars.add(exemplar(in));
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new ExemplarSeries(labels, exemplars);
  }

  private static Exemplar exemplar(ProtoReader in) {
    int outer = in.enter();
    Labels labels = Labels.EMPTY;
    double value = 0;
    long timestamp = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> labels = labels(in);
        case 2 << 3 | ProtoReader.FIXED64 -> value = in.float64();
        case 3 << 3 -> timestamp = in.zigzag64();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new Exemplar(labels, value, timestamp);
  }

  private static Labels labels(ProtoReader in) {
    byte[] bytes = in.bytes();
    return LabelBytes.decode(bytes, 0, bytes.length);
  }
}
