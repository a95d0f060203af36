package io.foursight.wire.traces.rpc;

import io.foursight.model.ErrorKind;
import io.foursight.model.TenantId;
import io.foursight.model.traces.TracesBatch;
import io.foursight.model.traces.TracesWriteResult;
import io.foursight.model.traces.TracesWriteResult.Rejection;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A push, or some spans of it: what the batch knows of them beside their bytes.
///
/// ```
/// 1 string tenant
/// 2 bytes  rows, each beginning with a varint:
///          0 resource  varint length, varint length of schema URL
///          1 scope     likewise
///          2 span      varint length, span id (8 bytes), zigzag start as difference to the span
///                      before, zigzag end as difference to the start; of the trace before
///          3 span      trace id (16 bytes), then as 2
/// 3 bytes  per row: message, schema URL
/// ```
///
/// Resources and scopes without a span are left out. Numbers are little-endian.
public final class TracesBatchCodec {
  private static final int BYTES = ProtoReader.BYTES;
  private static final int RESOURCE = 0;
  private static final int SCOPE = 1;
  private static final int SPAN_OF_SAME = 2;
  private static final int SPAN = 3;

  /// A decoded request; the batch's bytes lie in the request.
  record Decoded(TenantId tenant, TracesBatch batch) {}

  private TracesBatchCodec() {}

  /// The whole batch.
  public static byte[] encode(TenantId tenant, TracesBatch batch) {
    int[] all = new int[batch.spanCount()];
    Arrays.setAll(all, i -> i);
    return encode(tenant, batch, all, all.length);
  }

  /// Spans `chosen[0..count-1]` (ascending).
  public static byte[] encode(TenantId tenant, TracesBatch batch, int[] chosen, int count) {
    var head = new ProtoWriter(1 << 12);
    var bytes = new ProtoWriter(1 << 14);
    head.string(1, tenant.value());
    int mark = head.begin(2);
    int resource = -1;
    int scope = -1;
    long high = 0;
    long low = 0;
    long before = 0;
    for (int i = 0; i < count; i++) {
      int span = chosen[i];
      if (batch.scopeOf(span) != scope) {
        scope = batch.scopeOf(span);
        if (batch.resourceOf(scope) != resource) {
          resource = batch.resourceOf(scope);
          head.rawVarint(RESOURCE);
          put(head, bytes, batch, batch.resourceOffset(resource), batch.resourceLength(resource));
          put(
              head,
              bytes,
              batch,
              batch.resourceSchemaOffset(resource),
              batch.resourceSchemaLength(resource));
        }
        head.rawVarint(SCOPE);
        put(head, bytes, batch, batch.scopeOffset(scope), batch.scopeLength(scope));
        put(head, bytes, batch, batch.scopeSchemaOffset(scope), batch.scopeSchemaLength(scope));
      }
      if (i > 0 && batch.traceHigh(span) == high && batch.traceLow(span) == low) {
        head.rawVarint(SPAN_OF_SAME);
      } else {
        high = batch.traceHigh(span);
        low = batch.traceLow(span);
        head.rawVarint(SPAN);
        head.fixed64(high);
        head.fixed64(low);
      }
      put(head, bytes, batch, batch.spanOffset(span), batch.spanLength(span));
      head.fixed64(batch.spanId(span));
      zigzag(head, batch.startNanos(span) - before);
      before = batch.startNanos(span);
      zigzag(head, batch.endNanos(span) - before);
    }
    head.end(mark);
    head.bytes(3, bytes.array(), 0, bytes.size());
    return head.toByteArray();
  }

  private static void put(
      ProtoWriter head, ProtoWriter bytes, TracesBatch batch, int offset, int length) {
    head.rawVarint(length);
    bytes.raw(batch.body(), offset, length);
  }

  private static void zigzag(ProtoWriter out, long value) {
    out.rawVarint(value << 1 ^ value >> 63);
  }

  static Decoded decode(byte[] message) {
    var in = new ProtoReader(message);
    String tenant = "";
    var rows = new ProtoReader();
    var bytes = new ProtoReader();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> tenant = in.string();
        case 2 << 3 | BYTES -> column(in, rows);
        case 3 << 3 | BYTES -> column(in, bytes);
        default -> in.skip(tag);
      }
    }
    return new Decoded(new TenantId(tenant), batch(message, rows, bytes));
  }

  private static TracesBatch batch(byte[] message, ProtoReader rows, ProtoReader bytes) {
    var batch = new TracesBatch(message);
    long high = 0;
    long low = 0;
    long start = 0;
    while (!rows.atEnd()) {
      int kind = rows.varint32();
      switch (kind) {
        case RESOURCE, SCOPE -> {
          int length = rows.varint32();
          int offset = taken(bytes, length);
          int schemaLength = rows.varint32();
          int schemaOffset = taken(bytes, schemaLength);
          if (kind == RESOURCE) {
            batch.addResource(offset, length, schemaOffset, schemaLength);
          } else if (batch.resourceCount() > 0) {
            batch.addScope(offset, length, schemaOffset, schemaLength);
          } else {
            throw rows.error("a scope without a resource", rows.position());
          }
        }
        case SPAN_OF_SAME, SPAN -> {
          if (batch.scopeCount() == 0) {
            throw rows.error("a span without a scope", rows.position());
          }
          if (kind == SPAN) {
            high = rows.fixed64();
            low = rows.fixed64();
          }
          int length = rows.varint32();
          int offset = taken(bytes, length);
          long id = rows.fixed64();
          start += rows.zigzag64();
          batch.addSpan(offset, length, high, low, id, start, start + rows.zigzag64());
        }
        default -> throw rows.error("row of kind " + kind, rows.position());
      }
    }
    return batch;
  }

  private static int taken(ProtoReader bytes, int length) {
    int at = bytes.position();
    if (length < 0 || length > bytes.limit() - at) {
      throw bytes.error("a message of " + length + " bytes", at);
    }
    bytes.position(at + length);
    return at;
  }

  static void column(ProtoReader in, ProtoReader column) {
    int length = in.length();
    column.reset(in.array(), in.position(), length);
    in.position(in.position() + length);
  }

  /// `1 varint spans, 2 msg rejection { 1 string reason, 2 string kind, 3 string message, 4 varint
  /// spans }`.
  static byte[] encode(TracesWriteResult result) {
    var out = new ProtoWriter(32);
    out.varint(1, result.spans());
    for (Rejection rejection : result.rejections()) {
      int mark = out.begin(2);
      out.string(1, rejection.reason());
      out.string(2, rejection.kind().name());
      out.string(3, rejection.message());
      out.varint(4, rejection.spans());
      out.end(mark);
    }
    return out.toByteArray();
  }

  static TracesWriteResult decodeResult(byte[] bytes) {
    var in = new ProtoReader(bytes);
    int spans = 0;
    List<Rejection> rejections = new ArrayList<>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> spans = in.varint32();
        case 2 << 3 | BYTES -> rejections.add(rejection(in));
        default -> in.skip(tag);
      }
    }
    return new TracesWriteResult(spans, rejections);
  }

  private static Rejection rejection(ProtoReader in) {
    int outer = in.enter();
    String reason = "";
    String kind = "";
    String message = "";
    int spans = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> reason = in.string();
        case 2 << 3 | BYTES -> kind = in.string();
        case 3 << 3 | BYTES -> message = in.string();
        case 4 << 3 -> spans = in.varint32();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    boolean limit = kind.equals(ErrorKind.LIMIT_EXCEEDED.name());
    return new Rejection(
        reason, limit ? ErrorKind.LIMIT_EXCEEDED : ErrorKind.BAD_DATA, message, spans);
  }
}
