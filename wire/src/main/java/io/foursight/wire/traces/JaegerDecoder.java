package io.foursight.wire.traces;

import static io.foursight.wire.traces.ThriftReader.BOOL;
import static io.foursight.wire.traces.ThriftReader.DOUBLE;
import static io.foursight.wire.traces.ThriftReader.I32;
import static io.foursight.wire.traces.ThriftReader.I64;
import static io.foursight.wire.traces.ThriftReader.LIST;
import static io.foursight.wire.traces.ThriftReader.STRUCT;
import static io.foursight.wire.traces.ThriftReader.TEXT;

import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesBatch;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.traces.JaegerSpan.Log;
import io.foursight.wire.traces.JaegerSpan.Process;
import io.foursight.wire.traces.JaegerSpan.Reference;
import io.foursight.wire.traces.JaegerSpan.Tag;
import java.util.ArrayList;
import java.util.List;

/// Reads Jaeger's spans into a [TracesBatch] of OTLP spans: a `Batch` of `jaeger.thrift` in the
/// binary or the compact protocol, or `jaeger.api_v2.PostSpansRequest`.
///
/// Reusable; owned by one thread. Errors: `BAD_DATA` for bytes that are no such message; a span
/// that is not valid in itself is refused alone. [Jaeger
/// IDL](https://github.com/jaegertracing/jaeger-idl)
public final class JaegerDecoder {
  private static final long MAX_NANOS = Long.MAX_VALUE / 2;
  private static final long MAX_SECONDS = MAX_NANOS / 1_000_000_000;
  private static final int BYTES = ProtoReader.BYTES;
  private static final int VARINT = ProtoReader.VARINT;

  private final OtlpSpanWriter out = new OtlpSpanWriter();

  /// The fields of a span's tag while it is read.
  private static final class TagFields {
    String key = "";
    int type;
    String text = "";
    double decimal;
    boolean bool;
    long integer;
    byte[] binary = {};

    /// By the numbers of the Thrift types.
    Tag tag() {
      return new Tag(
          key,
          switch (type) {
            case 1 -> (Object) decimal;
            case 2 -> bool;
            case 3 -> integer;
            case 4 -> binary;
            default -> text;
          });
    }
  }

  public void thrift(
      byte[] body, int length, boolean compact, TracesBatch into, SpanRefusals refused) {
    out.begin(into);
    var mapping = new JaegerMapping(out, refused);
    var in = new ThriftReader(body, length, compact);
    Process process = Process.NONE;
    List<JaegerSpan> spans = new ArrayList<>();
    in.beginStruct();
    while (in.nextField()) {
      switch (in.field()) {
        case STRUCT << 16 | 1 -> process = process(in);
        case LIST << 16 | 2 -> {
          for (int n = in.list(STRUCT); n > 0; n--) {
            spans.add(span(in));
          }
        }
        default -> in.skip();
      }
    }
    for (JaegerSpan span : spans) {
      mapping.add(span, process);
    }
  }

  private static Process process(ThriftReader in) {
    String service = "";
    List<Tag> tags = List.of();
    in.beginStruct();
    while (in.nextField()) {
      switch (in.field()) {
        case TEXT << 16 | 1 -> service = in.text();
        case LIST << 16 | 2 -> tags = tags(in);
        default -> in.skip();
      }
    }
    return new Process(service, List.copyOf(tags));
  }

  private static JaegerSpan span(ThriftReader in) {
    var span = new JaegerSpan();
    long low = 0;
    long high = 0;
    in.beginStruct();
    while (in.nextField()) {
      switch (in.field()) {
        case I64 << 16 | 1 -> low = in.i64();
        case I64 << 16 | 2 -> high = in.i64();
        case I64 << 16 | 3 -> span.id = in.i64();
        case I64 << 16 | 4 -> span.parent = in.i64();
        case TEXT << 16 | 5 -> span.operation = in.text();
        case LIST << 16 | 6 -> {
          for (int n = in.list(STRUCT); n > 0; n--) {
            span.references.add(reference(in));
          }
        }
        case I64 << 16 | 8 -> span.startNanos = nanos(in.i64(), span);
        case I64 << 16 | 9 -> span.durationNanos = nanos(in.i64(), span);
        case LIST << 16 | 10 -> span.tags.addAll(tags(in));
        case LIST << 16 | 11 -> {
          for (int n = in.list(STRUCT); n > 0; n--) {
            span.logs.add(log(in, span));
          }
        }
        default -> in.skip();
      }
    }
    span.trace = new TraceId(high, low);
    return span;
  }

  private static long nanos(long micros, JaegerSpan span) {
    if (micros < 0 || micros > MAX_NANOS / 1000) {
      span.timesInRange = false;
      return 0;
    }
    return micros * 1000;
  }

  private static Reference reference(ThriftReader in) {
    int type = 0;
    long low = 0;
    long high = 0;
    long id = 0;
    in.beginStruct();
    while (in.nextField()) {
      switch (in.field()) {
        case I32 << 16 | 1 -> type = in.i32();
        case I64 << 16 | 2 -> low = in.i64();
        case I64 << 16 | 3 -> high = in.i64();
        case I64 << 16 | 4 -> id = in.i64();
        default -> in.skip();
      }
    }
    return new Reference(new TraceId(high, low), id, type == 1);
  }

  private static List<Tag> tags(ThriftReader in) {
    var tags = new ArrayList<Tag>();
    for (int n = in.list(STRUCT); n > 0; n--) {
      var fields = new TagFields();
      in.beginStruct();
      while (in.nextField()) {
        switch (in.field()) {
          case TEXT << 16 | 1 -> fields.key = in.text();
          case I32 << 16 | 2 -> fields.type = in.i32();
          case TEXT << 16 | 3 -> fields.text = in.text();
          case DOUBLE << 16 | 4 -> fields.decimal = in.decimal();
          case BOOL << 16 | 5 -> fields.bool = in.bool();
          case I64 << 16 | 6 -> fields.integer = in.i64();
          case TEXT << 16 | 7 -> fields.binary = in.binary();
          default -> in.skip();
        }
      }
      tags.add(fields.tag());
    }
    return tags;
  }

  private static Log log(ThriftReader in, JaegerSpan span) {
    long time = 0;
    List<Tag> fields = List.of();
    in.beginStruct();
    while (in.nextField()) {
      switch (in.field()) {
        case I64 << 16 | 1 -> time = nanos(in.i64(), span);
        case LIST << 16 | 2 -> fields = tags(in);
        default -> in.skip();
      }
    }
    return new Log(time, fields);
  }

  /// A `PostSpansRequest`.
  public void protobuf(byte[] body, int length, TracesBatch into, SpanRefusals refused) {
    out.begin(into);
    var mapping = new JaegerMapping(out, refused);
    var in = new ProtoReader();
    in.reset(body, 0, length);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == ProtoReader.tagOf(1, BYTES)) {
        int outer = in.enter();
        batch(in, mapping, refused);
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
  }

  /// The process of a batch may stand behind its spans; one of a span's own wins.
  private static void batch(ProtoReader in, JaegerMapping mapping, SpanRefusals refused) {
    int start = in.position();
    Process process = Process.NONE;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == ProtoReader.tagOf(2, BYTES)) {
        process = process(in);
      } else {
        in.skip(tag);
      }
    }
    in.position(start);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == ProtoReader.tagOf(1, BYTES)) {
        span(in, process, mapping, refused);
      } else {
        in.skip(tag);
      }
    }
  }

  private static Process process(ProtoReader in) {
    String service = "";
    var tags = new ArrayList<Tag>();
    int outer = in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> service = in.string();
        case 2 << 3 | BYTES -> tags.add(tag(in));
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new Process(service, List.copyOf(tags));
  }

  private static void span(
      ProtoReader in, Process ofBatch, JaegerMapping mapping, SpanRefusals refused) {
    var span = new JaegerSpan();
    byte[] trace = {};
    byte[] id = {};
    Process process = ofBatch;
    int outer = in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> trace = in.bytes();
        case 2 << 3 | BYTES -> id = in.bytes();
        case 3 << 3 | BYTES -> span.operation = in.string();
        case 4 << 3 | BYTES -> reference(in, span);
        case 6 << 3 | BYTES -> span.startNanos = time(in, span);
        case 7 << 3 | BYTES -> span.durationNanos = time(in, span);
        case 8 << 3 | BYTES -> span.tags.add(tag(in));
        case 9 << 3 | BYTES -> span.logs.add(log(in, span));
        case 10 << 3 | BYTES -> process = process(in);
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    byte[] traceId = trace;
    byte[] spanId = id;
    if (traceId.length != 16) {
      refused.invalid(
          "invalid_trace_id",
          () ->
              "trace ids must be 128 bit and not zero: received "
                  + TraceIds.hex(traceId, 0, traceId.length)
                  + " ("
                  + traceId.length
                  + " bytes)");
    } else if (spanId.length != 8) {
      refused.invalid(
          "invalid_span_id",
          () ->
              "span ids must be 64 bit and not zero: received "
                  + TraceIds.hex(spanId, 0, spanId.length)
                  + " ("
                  + spanId.length
                  + " bytes)");
    } else {
      span.trace = new TraceId(TraceIds.at(trace, 0), TraceIds.at(trace, 8));
      span.id = TraceIds.at(id, 0);
      mapping.add(span, process);
    }
  }

  /// References with ids of other lengths are left out.
  private static void reference(ProtoReader in, JaegerSpan span) {
    byte[] trace = {};
    byte[] id = {};
    int type = 0;
    int outer = in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> trace = in.bytes();
        case 2 << 3 | BYTES -> id = in.bytes();
        case 3 << 3 | VARINT -> type = in.varint32();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    if (trace.length == 16 && id.length == 8) {
      var traceId = new TraceId(TraceIds.at(trace, 0), TraceIds.at(trace, 8));
      span.references.add(new Reference(traceId, TraceIds.at(id, 0), type == 1));
    }
  }

  /// A `Timestamp` or a `Duration`.
  private static long time(ProtoReader in, JaegerSpan span) {
    long seconds = 0;
    long nanos = 0;
    int outer = in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | VARINT -> seconds = in.varint();
        case 2 << 3 | VARINT -> nanos = in.varint32();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    if (seconds < 0 || seconds >= MAX_SECONDS || nanos < 0 || nanos >= 1_000_000_000) {
      span.timesInRange = false;
      return 0;
    }
    return seconds * 1_000_000_000 + nanos;
  }

  private static Tag tag(ProtoReader in) {
    var fields = new TagFields();
    int outer = in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> fields.key = in.string();
        case 2 << 3 | VARINT ->
            fields.type =
                switch (in.varint32()) {
                  case 1 -> 2;
                  case 2 -> 3;
                  case 3 -> 1;
                  case 4 -> 4;
                  default -> 0;
                };
        case 3 << 3 | BYTES -> fields.text = in.string();
        case 4 << 3 | VARINT -> fields.bool = in.varint() != 0;
        case 5 << 3 | VARINT -> fields.integer = in.varint();
        case 6 << 3 | ProtoReader.FIXED64 -> fields.decimal = in.float64();
        case 7 << 3 | BYTES -> fields.binary = in.bytes();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return fields.tag();
  }

  private static Log log(ProtoReader in, JaegerSpan span) {
    long time = 0;
    var fields = new ArrayList<Tag>();
    int outer = in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> time = time(in, span);
        case 2 << 3 | BYTES -> fields.add(tag(in));
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new Log(time, fields);
  }
}
