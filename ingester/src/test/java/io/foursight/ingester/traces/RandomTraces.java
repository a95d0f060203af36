package io.foursight.ingester.traces;

import com.google.protobuf.ByteString;
import io.foursight.model.traces.TraceId;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Spans of a small world: few traces, services and attributes, so that everything meets.
final class RandomTraces {
  /// A span with who sent it, equal by content.
  record Sent(Resource resource, String schemaUrl, InstrumentationScope scope, Span span) {
    TraceId trace() {
      ByteBuffer id = span.getTraceId().asReadOnlyByteBuffer();
      return new TraceId(id.getLong(), id.getLong());
    }
  }

  private final Random random;
  private final long nowNanos;
  private final int traces;

  RandomTraces(Random random, long nowNanos, int traces) {
    this.random = random;
    this.nowNanos = nowNanos;
    this.traces = traces;
  }

  ExportTraceServiceRequest request() {
    var request = ExportTraceServiceRequest.newBuilder();
    for (int r = random.nextInt(3); r >= 0; r--) {
      var resource =
          ResourceSpans.newBuilder()
              .setResource(
                  Resource.newBuilder()
                      .addAttributes(pair("service.name", text("s" + random.nextInt(3))))
                      .addAttributes(pair("zone", value())))
              .setSchemaUrl(random.nextBoolean() ? "" : "https://schema/1");
      for (int s = random.nextInt(2); s >= 0; s--) {
        var scope =
            ScopeSpans.newBuilder()
                .setScope(
                    InstrumentationScope.newBuilder()
                        .setName("lib" + random.nextInt(2))
                        .setVersion("1." + random.nextInt(2)));
        for (int i = random.nextInt(6); i >= 0; i--) {
          scope.addSpans(span());
        }
        resource.addScopeSpans(scope);
      }
      request.addResourceSpans(resource);
    }
    return request.build();
  }

  private Span span() {
    // Ids of which many begin alike, and some with the highest bit.
    int trace = random.nextInt(traces);
    long high = trace % 3 == 0 ? Long.MIN_VALUE + trace : trace % 3 == 1 ? 7 : -trace;
    long day = random.nextInt(10) == 0 ? 86_400_000_000_000L : 0;
    long start = nowNanos - day - random.nextInt(1000) * 1_000_000L;
    var span =
        Span.newBuilder()
            .setTraceId(id(high, 1000 + trace))
            .setSpanId(id(1 + random.nextInt(40)))
            .setName("op" + random.nextInt(4))
            .setKindValue(random.nextInt(6))
            .setStartTimeUnixNano(start)
            .setEndTimeUnixNano(start + random.nextInt(500) * 1_000_000L - 1_000_000L);
    if (random.nextBoolean()) {
      span.setParentSpanId(id(1 + random.nextInt(40)));
    }
    if (random.nextInt(3) == 0) {
      span.setStatus(
          Status.newBuilder()
              .setCodeValue(random.nextInt(3))
              .setMessage(random.nextBoolean() ? "" : "failed"));
    }
    for (int a = random.nextInt(4); a > 0; a--) {
      span.addAttributes(pair("k" + a, value()));
    }
    for (int e = random.nextInt(3); e > 0; e--) {
      span.addEvents(
          Span.Event.newBuilder()
              .setName("e" + random.nextInt(3))
              .setTimeUnixNano(start + e)
              .addAttributes(pair("k1", value())));
    }
    if (random.nextInt(5) == 0) {
      span.addLinks(
          Span.Link.newBuilder()
              .setTraceId(id(1, random.nextInt(4)))
              .setSpanId(id(random.nextInt(4)))
              .addAttributes(pair("linked", value())));
    }
    return span.build();
  }

  private AnyValue value() {
    return switch (random.nextInt(7)) {
      case 0, 1 -> text("v" + random.nextInt(4));
      case 2 -> AnyValue.newBuilder().setIntValue(random.nextInt(5) - 2).build();
      case 3 -> AnyValue.newBuilder().setDoubleValue(random.nextInt(5) / 2.0).build();
      case 4 -> AnyValue.newBuilder().setBoolValue(random.nextBoolean()).build();
      case 5 ->
          AnyValue.newBuilder()
              .setArrayValue(ArrayValue.newBuilder().addValues(text("v1")).addValues(text("v9")))
              .build();
      default -> AnyValue.newBuilder().setBytesValue(ByteString.copyFromUtf8("raw")).build();
    };
  }

  static AnyValue text(String value) {
    return AnyValue.newBuilder().setStringValue(value).build();
  }

  static KeyValue pair(String key, AnyValue value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }

  static ByteString id(long... parts) {
    var bytes = ByteBuffer.allocate(8 * parts.length);
    for (long part : parts) {
      bytes.putLong(part);
    }
    return ByteString.copyFrom(bytes.array());
  }

  static List<Sent> spans(List<ResourceSpans> all) {
    var sent = new ArrayList<Sent>();
    for (ResourceSpans resource : all) {
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        for (Span span : scope.getSpansList()) {
          sent.add(
              new Sent(resource.getResource(), resource.getSchemaUrl(), scope.getScope(), span));
        }
      }
    }
    return sent;
  }
}
