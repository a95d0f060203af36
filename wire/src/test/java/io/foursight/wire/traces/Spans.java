package io.foursight.wire.traces;

import com.google.protobuf.InvalidProtocolBufferException;
import io.foursight.model.traces.TracesBatch;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a batch holds, parsed.
final class Spans {
  private Spans() {}

  static Span span(TracesBatch batch, int i) throws InvalidProtocolBufferException {
    Span span = Span.parseFrom(slice(batch, batch.spanOffset(i), batch.spanLength(i)));
    if (batch.startNanos(i) != span.getStartTimeUnixNano()
        || batch.endNanos(i) != span.getEndTimeUnixNano()
        || batch.spanId(i) != span.getSpanId().asReadOnlyByteBuffer().getLong()
        || batch.traceHigh(i) != span.getTraceId().asReadOnlyByteBuffer().getLong(0)
        || batch.traceLow(i) != span.getTraceId().asReadOnlyByteBuffer().getLong(8)) {
      throw new AssertionError("columns differ from " + span);
    }
    return span;
  }

  static Map<String, Object> resource(TracesBatch batch, int span)
      throws InvalidProtocolBufferException {
    int r = batch.resourceOf(batch.scopeOf(span));
    return map(
        Resource.parseFrom(slice(batch, batch.resourceOffset(r), batch.resourceLength(r)))
            .getAttributesList());
  }

  static InstrumentationScope scope(TracesBatch batch, int span)
      throws InvalidProtocolBufferException {
    int s = batch.scopeOf(span);
    return InstrumentationScope.parseFrom(slice(batch, batch.scopeOffset(s), batch.scopeLength(s)));
  }

  static Map<String, Object> map(List<KeyValue> attributes) {
    var map = new LinkedHashMap<String, Object>();
    attributes.forEach(a -> map.put(a.getKey(), value(a.getValue())));
    return map;
  }

  private static Object value(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> value.getBoolValue();
      case INT_VALUE -> value.getIntValue();
      case DOUBLE_VALUE -> value.getDoubleValue();
      case BYTES_VALUE -> value.getBytesValue();
      default -> value;
    };
  }

  private static byte[] slice(TracesBatch batch, int offset, int length) {
    return Arrays.copyOfRange(batch.body(), offset, offset + length);
  }
}
