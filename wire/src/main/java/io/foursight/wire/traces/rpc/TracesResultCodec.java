package io.foursight.wire.traces.rpc;

import io.foursight.model.QueryBudget;
import io.foursight.model.traces.FoundTrace;
import io.foursight.model.traces.FoundTrace.Attribute;
import io.foursight.model.traces.FoundTrace.ServiceStats;
import io.foursight.model.traces.FoundTrace.Span;
import io.foursight.model.traces.FoundTrace.SpanSet;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesQueryRunner.Found;
import io.foursight.model.traces.TracesQueryRunner.MetricsFound;
import io.foursight.model.traces.TracesSeries;
import io.foursight.model.traces.TracesSeries.Exemplar;
import io.foursight.model.traces.TracesStats;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Answers of queries, frame by frame.
///
/// ```
/// search     1 msg trace, once for each     3 msg scanned, as SpanPageWriter has it
///            2 varint 1: of the answer, 0: on the way to it
/// metrics    1 msg series, once for each    2 string message   3 msg scanned
/// trace      1 bytes id (high, low)   2 string root service   3 string root name
///            4 sint start   5 sint duration
///            6 msg span set { 1 msg span, 2 varint matched, 3 msg attribute }
///            7 msg service { 1 string name, 2 varint spans, 3 varint errors }
/// span       1 fixed64 id, 2 string name, 3 sint start, 4 sint duration, 5 msg attribute
/// attribute  1 string key, 2 msg value (SpanValueCodec)
/// series     1 msg label (attribute)   2 bytes times: zigzag differences   3 bytes doubles
///            4 msg exemplar { 1 msg label, 2 double value, 3 sint time }
/// ```
final class TracesResultCodec {
  private static final int BYTES = ProtoReader.BYTES;
  private static final int DOUBLE = ProtoReader.FIXED64;
  private static final int FRAME_BYTES = 256 << 10;

  private TracesResultCodec() {}

  // ---- searches ----

  /// Sends what was found so far.
  static void sendProgress(Found found, RpcHandler.Call call) {
    send(found.traces(), call, TracesResultCodec::write, out -> stats(out, found.stats()));
  }

  static void send(Found found, RpcHandler.Call call) {
    send(
        found.traces(),
        call,
        TracesResultCodec::write,
        out -> {
          out.varint(2, 1);
          stats(out, found.stats());
        });
  }

  private static void stats(ProtoWriter out, TracesStats stats) {
    SpanPageWriter.writeStats(out, 3, stats);
  }

  /// @param tail what every frame says behind its items; there is one frame at least
  private static <T> void send(
      List<T> items,
      RpcHandler.Call call,
      BiConsumer<ProtoWriter, T> item,
      Consumer<ProtoWriter> tail) {
    var out = new ProtoWriter(1 << 12);
    for (T one : items) {
      if (out.size() >= FRAME_BYTES) {
        tail.accept(out);
        call.send(out.toByteArray());
        out.clear();
      }
      int mark = out.begin(1);
      item.accept(out, one);
      out.end(mark);
    }
    tail.accept(out);
    call.send(out.toByteArray());
  }

  static Found receiveFound(RpcStream stream, QueryBudget budget, Consumer<Found> progress) {
    var answer = new ArrayList<FoundTrace>();
    TracesStats scanned = TracesStats.NONE;
    long charged = 0;
    try {
      for (Optional<byte[]> frame = stream.next(); frame.isPresent(); frame = stream.next()) {
        budget.charge(frame.get().length);
        charged += frame.get().length;
        var in = new ProtoReader(frame.get());
        var traces = new ArrayList<FoundTrace>();
        boolean last = false;
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
          switch (tag) {
            case 1 << 3 | BYTES -> traces.add(trace(in));
            case 2 << 3 -> last = in.varint() != 0;
            case 3 << 3 | BYTES -> scanned = SpanPageReader.readStats(in);
            default -> in.skip(tag);
          }
        }
        if (last) {
          answer.addAll(traces);
        } else {
          progress.accept(new Found(traces, scanned));
        }
      }
      return new Found(answer, scanned);
    } finally {
      budget.release(charged);
    }
  }

  private static void write(ProtoWriter out, FoundTrace trace) {
    int mark = out.begin(1);
    out.fixed64(trace.id().high());
    out.fixed64(trace.id().low());
    out.end(mark);
    out.string(2, trace.rootService());
    out.string(3, trace.rootName());
    out.sint(4, trace.startNanos());
    out.sint(5, trace.durationNanos());
    for (SpanSet set : trace.spanSets()) {
      int setMark = out.begin(6);
      set.spans().forEach(span -> write(out, span));
      out.varint(2, set.matched());
      attributes(out, 3, set.attributes());
      out.end(setMark);
    }
    trace
        .services()
        .forEach((name, stats) -> {
          int serviceMark = out.begin(7);
          out.string(1, name);
          out.varint(2, stats.spans());
          out.varint(3, stats.errors());
          out.end(serviceMark);
        });
  }

  private static void write(ProtoWriter out, Span span) {
    int mark = out.begin(1);
    out.float64(1, Double.longBitsToDouble(span.id()));
    out.string(2, span.name());
    out.sint(3, span.startNanos());
    out.sint(4, span.durationNanos());
    attributes(out, 5, span.attributes());
    out.end(mark);
  }

  private static void attributes(ProtoWriter out, int field, List<Attribute> attributes) {
    for (Attribute attribute : attributes) {
      int mark = out.begin(field);
      out.string(1, attribute.key());
      SpanValueCodec.write(out, 2, attribute.value());
      out.end(mark);
    }
  }

  private static FoundTrace trace(ProtoReader in) {
    int outer = in.enter();
    var id = TraceId.NONE;
    String rootService = "";
    String rootName = "";
    long start = 0;
    long duration = 0;
    List<SpanSet> sets = new ArrayList<>();
    Map<String, ServiceStats> services = new HashMap<>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> {
          int around = in.enter();
          id = new TraceId(in.fixed64(), in.fixed64());
          in.leave(around);
        }
        case 2 << 3 | BYTES -> rootService = in.string();
        case 3 << 3 | BYTES -> rootName = in.string();
        case 4 << 3 -> start = in.zigzag64();
        case 5 << 3 -> duration = in.zigzag64();
        case 6 << 3 | BYTES -> sets.add(spanSet(in));
        case 7 << 3 | BYTES -> service(in, services);
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new FoundTrace(id, rootService, rootName, start, duration, sets, services);
  }

  private static SpanSet spanSet(ProtoReader in) {
    int outer = in.enter();
    List<Span> spans = new ArrayList<>();
    int matched = 0;
    List<Attribute> attributes = new ArrayList<>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> spans.add(span(in));
        case 2 << 3 -> matched = in.varint32();
        case 3 << 3 | BYTES -> attributes.add(attribute(in));
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new SpanSet(spans, matched, attributes);
  }

  private static Span span(ProtoReader in) {
    int outer = in.enter();
    long id = 0;
    String name = "";
    long start = 0;
    long duration = 0;
    List<Attribute> attributes = new ArrayList<>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | DOUBLE -> id = in.fixed64();
        case 2 << 3 | BYTES -> name = in.string();
        case 3 << 3 -> start = in.zigzag64();
        case 4 << 3 -> duration = in.zigzag64();
        case 5 << 3 | BYTES -> attributes.add(attribute(in));
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new Span(id, name, start, duration, attributes);
  }

  private static Attribute attribute(ProtoReader in) {
    int outer = in.enter();
    String key = "";
    SpanValue value = new SpanValue.Nil();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> key = in.string();
        case 2 << 3 | BYTES -> value = SpanValueCodec.readField(in);
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new Attribute(key, value);
  }

  private static void service(ProtoReader in, Map<String, ServiceStats> into) {
    int outer = in.enter();
    String name = "";
    int spans = 0;
    int errors = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> name = in.string();
        case 2 << 3 -> spans = in.varint32();
        case 3 << 3 -> errors = in.varint32();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    into.put(name, new ServiceStats(spans, errors));
  }

  // ---- metrics ----

  static void send(MetricsFound found, RpcHandler.Call call) {
    send(
        found.series(),
        call,
        TracesResultCodec::write,
        out -> {
          out.string(2, found.message());
          stats(out, found.stats());
        });
  }

  static MetricsFound receiveMetrics(RpcStream stream, QueryBudget budget) {
    var series = new ArrayList<TracesSeries>();
    String message = "";
    TracesStats scanned = TracesStats.NONE;
    long charged = 0;
    try {
      for (Optional<byte[]> frame = stream.next(); frame.isPresent(); frame = stream.next()) {
        budget.charge(frame.get().length);
        charged += frame.get().length;
        var in = new ProtoReader(frame.get());
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
          switch (tag) {
            case 1 << 3 | BYTES -> series.add(series(in));
            case 2 << 3 | BYTES -> message = in.string();
            case 3 << 3 | BYTES -> scanned = SpanPageReader.readStats(in);
            default -> in.skip(tag);
          }
        }
      }
      return new MetricsFound(series, message, scanned);
    } finally {
      budget.release(charged);
    }
  }

  private static void write(ProtoWriter out, TracesSeries series) {
    attributes(out, 1, series.labels());
    int mark = out.begin(2);
    long last = 0;
    for (long time : series.timestampsMillis()) {
      long difference = time - last;
      out.rawVarint(difference << 1 ^ difference >> 63);
      last = time;
    }
    out.end(mark);
    mark = out.begin(3);
    for (double value : series.values()) {
      out.fixed64(Double.doubleToRawLongBits(value));
    }
    out.end(mark);
    for (Exemplar exemplar : series.exemplars()) {
      mark = out.begin(4);
      attributes(out, 1, exemplar.labels());
      out.float64(2, exemplar.value());
      out.sint(3, exemplar.timestampMillis());
      out.end(mark);
    }
  }

  private static TracesSeries series(ProtoReader in) {
    int outer = in.enter();
    List<Attribute> labels = new ArrayList<>();
    long[] times = {};
    double[] values = {};
    List<Exemplar> exemplars = new ArrayList<>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> labels.add(attribute(in));
        case 2 << 3 | BYTES -> times = times(in);
        case 3 << 3 | BYTES -> values = values(in);
        case 4 << 3 | BYTES -> exemplars.add(exemplar(in));
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    if (times.length != values.length) {
      throw in.error(times.length + " times for " + values.length + " values", in.position());
    }
    return new TracesSeries(labels, times, values, exemplars);
  }

  private static long[] times(ProtoReader in) {
    int outer = in.enter();
    var times = new long[16];
    int count = 0;
    long last = 0;
    while (!in.atEnd()) {
      if (count == times.length) {
        times = Arrays.copyOf(times, 2 * count);
      }
      last += in.zigzag64();
      times[count++] = last;
    }
    in.leave(outer);
    return Arrays.copyOf(times, count);
  }

  private static double[] values(ProtoReader in) {
    int outer = in.enter();
    var values = new double[(in.limit() - in.position()) / Double.BYTES];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.float64();
    }
    in.leave(outer);
    return values;
  }

  private static Exemplar exemplar(ProtoReader in) {
    int outer = in.enter();
    List<Attribute> labels = new ArrayList<>();
    double value = 0;
    long time = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> labels.add(attribute(in));
        case 2 << 3 | DOUBLE -> value = in.float64();
        case 3 << 3 -> time = in.zigzag64();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new Exemplar(labels, value, time);
  }
}
