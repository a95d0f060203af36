package io.foursight.querier.traces;

import com.google.protobuf.ByteString;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.TraceId;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.ByteBuffer;

/// A span with a name, a service and the attribute `route`.
record MemorySpan(
    TraceId trace,
    long id,
    long parent,
    long start,
    long end,
    byte status,
    String name,
    String service,
    String route) {
  static final SpanField ROUTE = new SpanField.Attribute(SpanField.Scope.SPAN, "route");

  /// The text of a field; null when it is not there.
  String text(SpanField field) {
    if (field == SpanField.Intrinsic.NAME) {
      return name;
    }
    return field.equals(SpanField.SERVICE_NAME) ? service : field.equals(ROUTE) ? route : null;
  }

  private static ByteString bytes(long... parts) {
    var bytes = ByteBuffer.allocate(8 * parts.length);
    for (long part : parts) {
      bytes.putLong(part);
    }
    return ByteString.copyFrom(bytes.array());
  }

  private static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  /// As a `TracesData` message.
  byte[] piece() {
    var span =
        Span.newBuilder()
            .setTraceId(bytes(trace.high(), trace.low()))
            .setSpanId(bytes(id))
            .setName(name)
            .setStartTimeUnixNano(start)
            .setEndTimeUnixNano(end)
            .setStatus(Status.newBuilder().setCodeValue(status))
            .addAttributes(attribute("route", route));
    return TracesData.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(
                    Resource.newBuilder().addAttributes(attribute("service.name", service)))
                .addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
        .build()
        .toByteArray();
  }
}
