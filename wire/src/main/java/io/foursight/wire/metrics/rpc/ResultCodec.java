package io.foursight.wire.metrics.rpc;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.metrics.Annotations;
import io.foursight.model.metrics.MetricsQueryResult;
import io.foursight.model.metrics.MetricsQueryResult.InstantSample;
import io.foursight.model.metrics.MetricsQueryResult.Matrix;
import io.foursight.model.metrics.MetricsQueryResult.RangeSeries;
import io.foursight.model.metrics.MetricsQueryResult.Scalar;
import io.foursight.model.metrics.MetricsQueryResult.Text;
import io.foursight.model.metrics.MetricsQueryResult.Value;
import io.foursight.model.metrics.MetricsQueryResult.Vector;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcStream;
import java.util.ArrayList;
import java.util.List;

/// A query result: frames of series (`SeriesFrameWriter`), in the result's order, then its end.
///
/// ```
/// end  1 varint type: 1 scalar, 2 text, 3 vector, 4 matrix      5 string warning, once for each
///      2 sint   time of a scalar or text                         6 string info, once for each
///      3 double scalar                                           7 varint samples read
///      4 string text                                             8 varint series read
/// ```
final class ResultCodec {
  private static final int BYTES = ProtoReader.BYTES;
  private static final int SCALAR = 1;
  private static final int TEXT = 2;
  private static final int VECTOR = 3;
  private static final int MATRIX = 4;

  private ResultCodec() {}

  static void send(MetricsQueryResult result, QueryBudget spent, RpcHandler.Call call) {
    var frames = new SeriesFrameWriter(call::send);
    var end = new ProtoWriter(64);
    switch (result.value()) {
      case Scalar(long time, double value) -> {
        end.varint(1, SCALAR);
        end.sint(2, time);
        end.float64(3, value);
      }
      case Text(long time, String value) -> {
        end.varint(1, TEXT);
        end.sint(2, time);
        end.string(4, value);
      }
      case Vector(List<InstantSample> samples) -> {
        end.varint(1, VECTOR);
        samples.forEach(sample -> frames.add(sample.labels(), sample.samples()));
      }
      case Matrix(List<RangeSeries> series) -> {
        end.varint(1, MATRIX);
        series.forEach(one -> frames.add(one.labels(), one.samples()));
      }
    }
    result.annotations().warnings().forEach(text -> end.string(5, text));
    result.annotations().infos().forEach(text -> end.string(6, text));
    end.varint(7, spent.totalSamples());
    end.varint(8, spent.totalSeries());
    frames.finish(end.toByteArray());
  }

  private record Row(Labels labels, SampleColumns samples) {}

  /// Charges the budget for what it collects, and counts what the peer read.
  static MetricsQueryResult receive(RpcStream stream, QueryBudget budget) {
    var rows = new ArrayList<Row>();
    var reader = new SeriesFrameReader(stream::next);
    long held = 0;
    try {
      while (reader.next()) {
        var samples = new SampleColumns();
        reader.samples(samples);
        long bytes = samples.sizeBytes() + 100;
        budget.charge(bytes);
        held += bytes;
        rows.add(new Row(reader.labels(), samples));
      }
    } finally {
      // What is kept of the result is its caller's, as with an evaluation in the same process.
      budget.release(held);
    }
    var in =
        new ProtoReader(
            reader
                .end()
                .orElseThrow(() ->
                    io.foursight.model.FoursightException.unavailable(
                        "a query result ended before its end")));
    int type = 0;
    long time = 0;
    double scalar = 0;
    String text = "";
    var warnings = new ArrayList<String>();
    var infos = new ArrayList<String>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> type = in.varint32();
        case 2 << 3 -> time = in.zigzag64();
        case 3 << 3 | ProtoReader.FIXED64 -> scalar = in.float64();
        case 4 << 3 | BYTES -> text = in.string();
        case 5 << 3 | BYTES -> warnings.add(in.string());
        case 6 << 3 | BYTES -> infos.add(in.string());
        case 7 << 3 -> budget.countSamples(in.varint());
        case 8 << 3 -> budget.countSeries(in.varint());
        default -> in.skip(tag);
      }
    }
    Value value =
        switch (type) {
          case SCALAR -> new Scalar(time, scalar);
          case TEXT -> new Text(time, text);
          case VECTOR ->
              new Vector(rows.stream().map(r -> new InstantSample(r.labels, r.samples)).toList());
          case MATRIX ->
              new Matrix(rows.stream().map(r -> new RangeSeries(r.labels, r.samples)).toList());
          default -> throw in.error("a result of type " + type, in.position());
        };
    return new MetricsQueryResult(value, new Annotations(warnings, infos));
  }
}
