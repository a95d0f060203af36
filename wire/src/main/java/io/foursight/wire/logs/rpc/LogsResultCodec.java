package io.foursight.wire.logs.rpc;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.logs.LogsQueryResult;
import io.foursight.model.logs.LogsQueryResult.Entry;
import io.foursight.model.logs.LogsQueryResult.Matrix;
import io.foursight.model.logs.LogsQueryResult.Sample;
import io.foursight.model.logs.LogsQueryResult.Scalar;
import io.foursight.model.logs.LogsQueryResult.Series;
import io.foursight.model.logs.LogsQueryResult.Statistics;
import io.foursight.model.logs.LogsQueryResult.Stream;
import io.foursight.model.logs.LogsQueryResult.Streams;
import io.foursight.model.logs.LogsQueryResult.Value;
import io.foursight.model.logs.LogsQueryResult.Vector;
import io.foursight.model.logs.LogsStats;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcStream;
import io.foursight.wire.signals.LabelPairs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// A query result in frames of a bounded size, in the result's order, then its end.
///
/// ```
/// frame   1 msg stream  { 1 LabelPairs, 2 entry { 1 sint time, 2 bytes line, 3 metadata LabelPairs,
///                         4 parsed LabelPairs } ..., 3 varint 1: goes on the stream before }
///         2 msg sample  { 1 LabelPairs, 2 sint time, 3 double }
///         3 msg series  { 1 LabelPairs, 2 times: zigzag differences, 3 values, 8 bytes each }
///         4 msg end     { 1 varint type: 1 streams, 2 vector, 3 matrix, 4 scalar; 2 sint time and
///                         3 double of a scalar; 4 string warning ...; 5 scanned (LogsPageWriter);
///                         6 varint lines behind filters; 7 varint entries returned }
/// ```
final class LogsResultCodec {
  private static final int BYTES = ProtoReader.BYTES;
  private static final int FRAME_BYTES = 256 << 10;
  private static final int STREAMS = 1;
  private static final int VECTOR = 2;
  private static final int MATRIX = 3;
  private static final int SCALAR = 4;

  private LogsResultCodec() {}

  static void send(LogsQueryResult result, RpcHandler.Call call) {
    var out = new ProtoWriter(1 << 12);
    var end = new ProtoWriter(128);
    switch (result.value()) {
      case Streams(List<Stream> streams) -> {
        end.varint(1, STREAMS);
        write(streams, out, call::send);
      }
      case Vector(List<Sample> samples) -> {
        end.varint(1, VECTOR);
        for (Sample sample : samples) {
          int mark = out.begin(2);
          LabelPairs.write(out, 1, sample.labels());
          out.sint(2, sample.timestampNanos());
          out.float64(3, sample.value());
          out.end(mark);
          flushIfFull(out, call::send);
        }
      }
      case Matrix(List<Series> all) -> {
        end.varint(1, MATRIX);
        for (Series series : all) {
          write(series, out);
          flushIfFull(out, call::send);
        }
      }
      case Scalar(long time, double value) -> {
        end.varint(1, SCALAR);
        end.sint(2, time);
        end.float64(3, value);
      }
    }
    result.warnings().forEach(warning -> end.string(4, warning));
    LogsPageWriter.writeStats(end, 5, result.statistics().scanned());
    end.varint(6, result.statistics().postFilterLines());
    end.varint(7, result.statistics().entriesReturned());
    out.bytes(4, end.array(), 0, end.size());
    call.send(out.toByteArray());
  }

  private static void flushIfFull(ProtoWriter out, Consumer<byte[]> frames) {
    if (out.size() >= FRAME_BYTES) {
      frames.accept(out.toByteArray());
      out.clear();
    }
  }

  /// What does not fit a frame goes on in the next; the last one is left in `out`.
  static void write(List<Stream> streams, ProtoWriter out, Consumer<byte[]> frames) {
    for (Stream stream : streams) {
      int next = 0;
      do {
        boolean goesOn = next > 0;
        int mark = out.begin(1);
        LabelPairs.write(out, 1, stream.labels());
        while (next < stream.entries().size() && out.size() < FRAME_BYTES) {
          write(stream.entries().get(next++), out);
        }
        out.varint(3, goesOn ? 1 : 0);
        out.end(mark);
        flushIfFull(out, frames);
      } while (next < stream.entries().size());
    }
  }

  private static void write(Entry entry, ProtoWriter out) {
    int mark = out.begin(2);
    out.sint(1, entry.timestampNanos());
    out.bytes(2, entry.line());
    if (!entry.metadata().isEmpty()) {
      LabelPairs.write(out, 3, entry.metadata());
    }
    if (!entry.parsed().isEmpty()) {
      LabelPairs.write(out, 4, entry.parsed());
    }
    out.end(mark);
  }

  private static void write(Series series, ProtoWriter out) {
    int mark = out.begin(3);
    LabelPairs.write(out, 1, series.labels());
    int inner = out.begin(2);
    long last = 0;
    for (long time : series.timestampsNanos()) {
      long difference = time - last;
      last = time;
      out.rawVarint(difference << 1 ^ difference >> 63);
    }
    out.end(inner);
    inner = out.begin(3);
    for (double value : series.values()) {
      out.fixed64(Double.doubleToRawLongBits(value));
    }
    out.end(inner);
    out.end(mark);
  }

  /// Streams as their parts arrive.
  static final class StreamList {
    private final List<Labels> labels = new ArrayList<>();
    private final List<List<Entry>> entries = new ArrayList<>();

    /// Reads the value of a stream field.
    void read(ProtoReader in) {
      int outer = in.enter();
      Labels of = Labels.EMPTY;
      var read = new ArrayList<Entry>();
      boolean goesOn = false;
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        switch (tag) {
          case 1 << 3 | BYTES -> of = LabelPairs.readField(in);
          case 2 << 3 | BYTES -> read.add(entry(in));
          case 3 << 3 -> goesOn = in.varint() != 0;
          default -> in.skip(tag);
        }
      }
      in.leave(outer);
      if (goesOn && !labels.isEmpty()) {
        entries.getLast().addAll(read);
      } else {
        labels.add(of);
        entries.add(read);
      }
    }

    List<Stream> streams() {
      var streams = new ArrayList<Stream>();
      for (int i = 0; i < labels.size(); i++) {
        streams.add(new Stream(labels.get(i), entries.get(i)));
      }
      return streams;
    }
  }

  private static Entry entry(ProtoReader in) {
    int outer = in.enter();
    long time = 0;
    byte[] line = {};
    Labels metadata = Labels.EMPTY;
    Labels parsed = Labels.EMPTY;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> time = in.zigzag64();
        case 2 << 3 | BYTES -> line = in.bytes();
        case 3 << 3 | BYTES -> metadata = LabelPairs.readField(in);
        case 4 << 3 | BYTES -> parsed = LabelPairs.readField(in);
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new Entry(time, line, metadata, parsed);
  }

  /// Charges the budget for what it collects; what is kept of the result is then its caller's.
  static LogsQueryResult receive(RpcStream stream, QueryBudget budget) {
    var streams = new StreamList();
    var samples = new ArrayList<Sample>();
    var series = new ArrayList<Series>();
    Optional<ProtoReader> end = Optional.empty();
    long held = 0;
    try {
      for (Optional<byte[]> frame = stream.next(); frame.isPresent(); frame = stream.next()) {
        budget.charge(frame.get().length);
        held += frame.get().length;
        var in = new ProtoReader(frame.get());
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
          switch (tag) {
            case 1 << 3 | BYTES -> streams.read(in);
            case 2 << 3 | BYTES -> samples.add(sample(in));
            case 3 << 3 | BYTES -> series.add(series(in));
            case 4 << 3 | BYTES -> end = Optional.of(new ProtoReader(in.bytes()));
            default -> in.skip(tag);
          }
        }
      }
    } finally {
      budget.release(held);
    }
    return result(
        end.orElseThrow(
            () -> FoursightException.unavailable("a query result ended before its end")),
        streams,
        samples,
        series);
  }

  private static LogsQueryResult result(
      ProtoReader in, StreamList streams, List<Sample> samples, List<Series> series) {
    int type = 0;
    long time = 0;
    double scalar = 0;
    var warnings = new ArrayList<String>();
    LogsStats scanned = LogsStats.NONE;
    long lines = 0;
    long returned = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> type = in.varint32();
        case 2 << 3 -> time = in.zigzag64();
        case 3 << 3 | ProtoReader.FIXED64 -> scalar = in.float64();
        case 4 << 3 | BYTES -> warnings.add(in.string());
        case 5 << 3 | BYTES -> scanned = LogsPageReader.readStats(in);
        case 6 << 3 -> lines = in.varint();
        case 7 << 3 -> returned = in.varint();
        default -> in.skip(tag);
      }
    }
    Value value =
        switch (type) {
          case STREAMS -> new Streams(streams.streams());
          case VECTOR -> new Vector(samples);
          case MATRIX -> new Matrix(series);
          case SCALAR -> new Scalar(time, scalar);
          default -> throw in.error("a result of type " + type, in.position());
        };
    return new LogsQueryResult(value, warnings, new Statistics(scanned, lines, returned));
  }

  private static Sample sample(ProtoReader in) {
    int outer = in.enter();
    Labels labels = Labels.EMPTY;
    long time = 0;
    double value = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> labels = LabelPairs.readField(in);
        case 2 << 3 -> time = in.zigzag64();
        case 3 << 3 | ProtoReader.FIXED64 -> value = in.float64();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new Sample(labels, time, value);
  }

  private static Series series(ProtoReader in) {
    int outer = in.enter();
    Labels labels = Labels.EMPTY;
    long[] times = {};
    double[] values = {};
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> labels = LabelPairs.readField(in);
        case 2 << 3 | BYTES -> {
          int limit = in.enter();
          int count = 0;
          long last = 0;
          while (!in.atEnd()) {
            last += in.zigzag64();
            if (count == times.length) {
              times = Arrays.copyOf(times, Math.max(16, 2 * count));
            }
            times[count++] = last;
          }
          times = Arrays.copyOf(times, count);
          in.leave(limit);
        }
        case 3 << 3 | BYTES -> {
          int limit = in.enter();
          values = new double[(in.limit() - in.position()) / 8];
          for (int i = 0; i < values.length; i++) {
            values[i] = in.float64();
          }
          in.leave(limit);
        }
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new Series(labels, times, values);
  }
}
