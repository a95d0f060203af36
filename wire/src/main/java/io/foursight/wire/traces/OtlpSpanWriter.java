package io.foursight.wire.traces;

import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesBatch;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// Writes spans of other protocols as OTLP messages into a [TracesBatch]. Resources and scopes are
/// given as bytes; equal ones in a row are one. Reusable; owned by one thread.
final class OtlpSpanWriter {
  private static final byte[] NOTHING = {};

  final ProtoWriter out = new ProtoWriter(1024);
  private final byte[] id = new byte[16];
  private TracesBatch batch = new TracesBatch(NOTHING);
  private final Map<Object, int[]> places = new HashMap<>();
  private Object resource;
  private Object scope;
  private TraceId trace = TraceId.NONE;
  private long span;
  private long startNanos;
  private long endNanos;

  /// Starts an empty batch.
  void begin(TracesBatch into) {
    batch = into;
    batch.reset(NOTHING, 0);
    places.clear();
    resource = null;
    scope = null;
  }

  /// Makes spans to come belong to a resource and a scope.
  ///
  /// @param resourceKey equal for equal resources
  void under(Object resourceKey, Runnable writeResource, String scopeName, String scopeVersion) {
    if (!resourceKey.equals(resource)) {
      int[] at = place(resourceKey, writeResource);
      batch.addResource(at[0], at[1], 0, 0);
      resource = resourceKey;
      scope = null;
    }
    Object scopeKey = Map.entry(scopeName, scopeVersion);
    if (!Objects.equals(scopeKey, scope)) {
      int[] at =
          place(
              scopeKey,
              () -> {
                out.string(1, scopeName);
                out.string(2, scopeVersion);
              });
      batch.addScope(at[0], at[1], 0, 0);
      scope = scopeKey;
    }
  }

  private int[] place(Object key, Runnable write) {
    return places.computeIfAbsent(
        key,
        k -> {
          out.clear();
          write.run();
          return new int[] {batch.append(out.array(), 0, out.size()), out.size()};
        });
  }

  /// Starts a span.
  ///
  /// @param parent 0 when it has none
  void beginSpan(TraceId traceId, long spanId, long parent, String traceState) {
    out.clear();
    trace = traceId;
    span = spanId;
    traceId(1, traceId);
    spanId(2, spanId);
    out.string(3, traceState);
    if (parent != 0) {
      spanId(4, parent);
    }
  }

  void traceId(int field, TraceId value) {
    TraceIds.put(value.high(), id, 0);
    TraceIds.put(value.low(), id, 8);
    out.bytes(field, id, 0, 16);
  }

  void spanId(int field, long value) {
    TraceIds.put(value, id, 0);
    out.bytes(field, id, 0, 8);
  }

  void named(String name, int kind, long start, long end) {
    startNanos = start;
    endNanos = end;
    out.string(5, name);
    out.varint(6, kind);
    fixed64(7, start);
    fixed64(8, end);
  }

  void fixed64(int field, long value) {
    if (value != 0) {
      out.rawVarint(ProtoReader.tagOf(field, ProtoReader.FIXED64));
      out.fixed64(value);
    }
  }

  void text(int field, String key, String value) {
    int attribute = attribute(field, key);
    byte[] utf8 = value.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    out.bytes(1, utf8);
    end(attribute);
  }

  void integer(int field, String key, long value) {
    int attribute = attribute(field, key);
    out.rawVarint(ProtoReader.tagOf(3, ProtoReader.VARINT));
    out.rawVarint(value);
    end(attribute);
  }

  void decimal(int field, String key, double value) {
    int attribute = attribute(field, key);
    out.rawVarint(ProtoReader.tagOf(4, ProtoReader.FIXED64));
    out.fixed64(Double.doubleToRawLongBits(value));
    end(attribute);
  }

  void bool(int field, String key, boolean value) {
    int attribute = attribute(field, key);
    out.rawVarint(ProtoReader.tagOf(2, ProtoReader.VARINT));
    out.rawVarint(value ? 1 : 0);
    end(attribute);
  }

  void binary(int field, String key, byte[] value) {
    int attribute = attribute(field, key);
    out.bytes(7, value);
    end(attribute);
  }

  private int valueMark;

  private int attribute(int field, String key) {
    int mark = out.begin(field);
    out.string(1, key);
    valueMark = out.begin(2);
    return mark;
  }

  private void end(int attribute) {
    out.end(valueMark);
    out.end(attribute);
  }

  /// @param code 0 unset, 1 ok, 2 error
  void status(int code, String message) {
    if (code != 0 || !message.isEmpty()) {
      int mark = out.begin(15);
      out.string(2, message);
      out.varint(3, code);
      out.end(mark);
    }
  }

  void endSpan() {
    int at = batch.append(out.array(), 0, out.size());
    batch.addSpan(at, out.size(), trace.high(), trace.low(), span, startNanos, endNanos);
  }
}
