package io.foursight.wire.otlp;

import io.foursight.model.FoursightException;
import io.foursight.model.traces.TracesBatch;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.traces.SpanRefusals;
import io.foursight.wire.traces.TraceIds;
import java.util.HexFormat;

/// Reads an `ExportTraceServiceRequest` into a [TracesBatch]: nothing is copied, spans, scopes and
/// resources are slices of the message. Every nested message is walked once, so that whoever reads
/// the slices later finds them well-formed and nested at most [#MAX_DEPTH] values deep.
///
/// A span is refused alone when its trace id is not 16 bytes or its span id not 8, one of them is
/// all zero, its parent's or a link's ids have another length, or its attributes nest too deep.
///
/// Reusable; owned by one thread. Errors: `BAD_DATA` for bytes that are no such message. [OTLP
/// trace.proto](https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto)
public final class OtlpTracesDecoder {
  public static final int MAX_DEPTH = 32;

  private static final int BYTES_1 = ProtoReader.tagOf(1, ProtoReader.BYTES);
  private static final int BYTES_2 = ProtoReader.tagOf(2, ProtoReader.BYTES);
  private static final int BYTES_3 = ProtoReader.tagOf(3, ProtoReader.BYTES);
  private static final int BYTES_4 = ProtoReader.tagOf(4, ProtoReader.BYTES);
  private static final int BYTES_5 = ProtoReader.tagOf(5, ProtoReader.BYTES);
  private static final int BYTES_6 = ProtoReader.tagOf(6, ProtoReader.BYTES);
  private static final int BYTES_7 = ProtoReader.tagOf(7, ProtoReader.BYTES);
  private static final int FIXED_7 = ProtoReader.tagOf(7, ProtoReader.FIXED64);
  private static final int FIXED_8 = ProtoReader.tagOf(8, ProtoReader.FIXED64);
  private static final int BYTES_9 = ProtoReader.tagOf(9, ProtoReader.BYTES);
  private static final int BYTES_11 = ProtoReader.tagOf(11, ProtoReader.BYTES);
  private static final int BYTES_13 = ProtoReader.tagOf(13, ProtoReader.BYTES);
  private static final int BYTES_15 = ProtoReader.tagOf(15, ProtoReader.BYTES);

  private final ProtoReader in = new ProtoReader();
  private TracesBatch batch = new TracesBatch(new byte[0]);
  private SpanRefusals refusals = new SpanRefusals();
  private int longest;
  private boolean tooDeep;

  /// @param message the uncompressed message in the first `length` bytes; the batch refers to it
  public void decode(byte[] message, int length, TracesBatch into, SpanRefusals refused) {
    batch = into;
    refusals = refused;
    longest = 0;
    batch.reset(message, length);
    in.reset(message, 0, length);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_1) {
        int outer = in.enter();
        resourceSpans();
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
  }

  /// The most bytes that the name or the text of an attribute has in what was decoded last.
  public int longestAttribute() {
    return longest;
  }

  /// The resource may stand behind its spans: it is looked for first.
  private void resourceSpans() {
    int start = in.position();
    int resource = 0;
    int resourceLength = 0;
    int schema = 0;
    int schemaLength = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_1) {
        int outer = in.enter();
        resource = in.position();
        resourceLength = in.limit() - resource;
        attributed(BYTES_1);
        in.leave(outer);
      } else if (tag == BYTES_3) {
        schemaLength = in.length();
        schema = in.position();
        in.position(schema + schemaLength);
      } else {
        in.skip(tag);
      }
    }
    requireShallow("a resource");
    batch.addResource(resource, resourceLength, schema, schemaLength);
    in.position(start);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_2) {
        int outer = in.enter();
        scopeSpans();
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
  }

  private void scopeSpans() {
    int start = in.position();
    int scope = 0;
    int scopeLength = 0;
    int schema = 0;
    int schemaLength = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_1) {
        int outer = in.enter();
        scope = in.position();
        scopeLength = in.limit() - scope;
        attributed(BYTES_3);
        in.leave(outer);
      } else if (tag == BYTES_3) {
        schemaLength = in.length();
        schema = in.position();
        in.position(schema + schemaLength);
      } else {
        in.skip(tag);
      }
    }
    requireShallow("a scope");
    batch.addScope(scope, scopeLength, schema, schemaLength);
    in.position(start);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_2) {
        int outer = in.enter();
        span();
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
  }

  private void requireShallow(String where) {
    if (tooDeep) {
      tooDeep = false;
      throw FoursightException.badData(
          "the attributes of " + where + " nest deeper than " + MAX_DEPTH + " values");
    }
  }

  private void span() {
    int start = in.position();
    int length = in.limit() - start;
    int trace = 0;
    int traceLength = 0;
    int id = 0;
    int idLength = 0;
    int parentLength = 0;
    boolean links = true;
    long startNanos = 0;
    long endNanos = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_9) {
        int outer = in.enter();
        keyValue(0);
        in.leave(outer);
      } else if (tag == FIXED_7) {
        startNanos = in.fixed64();
      } else if (tag == FIXED_8) {
        endNanos = in.fixed64();
      } else if (tag == BYTES_1) {
        traceLength = in.length();
        trace = in.position();
        in.position(trace + traceLength);
      } else if (tag == BYTES_2) {
        idLength = in.length();
        id = in.position();
        in.position(id + idLength);
      } else if (tag == BYTES_4) {
        parentLength = in.length();
        in.position(in.position() + parentLength);
      } else if (tag == BYTES_11) {
        int outer = in.enter();
        attributed(BYTES_3);
        in.leave(outer);
      } else if (tag == BYTES_13) {
        int outer = in.enter();
        links &= link();
        in.leave(outer);
      } else if (tag == BYTES_15) {
        int outer = in.enter();
        attributed(0);
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
    boolean deep = tooDeep;
    tooDeep = false;
    byte[] bytes = in.array();
    if (traceLength != 16 || (TraceIds.at(bytes, trace) | TraceIds.at(bytes, trace + 8)) == 0) {
      refused("invalid_trace_id", "trace ids must be 128 bit and not zero", trace, traceLength);
    } else if (idLength != 8 || TraceIds.at(bytes, id) == 0) {
      refused("invalid_span_id", "span ids must be 64 bit and not zero", id, idLength);
    } else if (parentLength != 0 && parentLength != 8) {
      refused("invalid_parent_id", "parent span ids must be empty or 64 bit, span", id, 8);
    } else if (!links) {
      refused("invalid_link_id", "links must have ids of 128 and 64 bit, span", id, 8);
    } else if (deep) {
      refused(
          "attributes_too_deep",
          "attributes may nest " + MAX_DEPTH + " values deep at most, span",
          id,
          8);
    } else {
      batch.addSpan(
          start,
          length,
          TraceIds.at(bytes, trace),
          TraceIds.at(bytes, trace + 8),
          TraceIds.at(bytes, id),
          startNanos,
          endNanos);
    }
  }

  private void refused(String reason, String rule, int offset, int length) {
    byte[] bytes = in.array();
    refusals.invalid(
        reason,
        () ->
            rule
                + ": received "
                + HexFormat.of().formatHex(bytes, offset, offset + Math.min(32, length))
                + " ("
                + length
                + " bytes)");
  }

  /// Whether the ids of a link have the right lengths or are left out.
  private boolean link() {
    boolean good = true;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_1 || tag == BYTES_2) {
        int n = in.length();
        good &= n == 0 || n == (tag == BYTES_1 ? 16 : 8);
        in.position(in.position() + n);
      } else if (tag == BYTES_4) {
        int outer = in.enter();
        keyValue(0);
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
    return good;
  }

  /// A message whose only nested messages are attributes.
  private void attributed(int attributes) {
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == attributes) {
        int outer = in.enter();
        keyValue(0);
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
  }

  private void keyValue(int depth) {
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_1) {
        text();
      } else if (tag == BYTES_2) {
        int outer = in.enter();
        value(depth);
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
  }

  private void value(int depth) {
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_1 || tag == BYTES_7) {
        text();
      } else if (tag != BYTES_5 && tag != BYTES_6) {
        in.skip(tag);
      } else if (depth >= MAX_DEPTH) {
        tooDeep = true;
        in.skip(tag);
      } else {
        int outer = in.enter();
        many(tag == BYTES_5, depth + 1);
        in.leave(outer);
      }
    }
  }

  /// An `ArrayValue` or a `KeyValueList`.
  private void many(boolean array, int depth) {
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_1) {
        int outer = in.enter();
        if (array) {
          value(depth);
        } else {
          keyValue(depth);
        }
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
  }

  private void text() {
    int n = in.length();
    longest = Math.max(longest, n);
    in.position(in.position() + n);
  }
}
