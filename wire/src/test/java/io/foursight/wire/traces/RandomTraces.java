package io.foursight.wire.traces;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.Random;

/// Valid OTLP requests with everything in them.
public final class RandomTraces {
  private final Random random;

  public RandomTraces(Random random) {
    this.random = random;
  }

  public ExportTraceServiceRequest request() {
    var request = ExportTraceServiceRequest.newBuilder();
    for (int r = random.nextInt(3); r >= 0; r--) {
      var resource = ResourceSpans.newBuilder();
      if (random.nextInt(4) > 0) {
        resource.setResource(
            Resource.newBuilder().addAttributes(attribute()).setDroppedAttributesCount(3));
      }
      if (random.nextBoolean()) {
        resource.setSchemaUrl("https://example.com/schema/" + random.nextInt(3));
      }
      for (int s = random.nextInt(3); s >= 0; s--) {
        var scope = ScopeSpans.newBuilder();
        if (random.nextInt(4) > 0) {
          scope.setScope(
              InstrumentationScope.newBuilder()
                  .setName("scope" + random.nextInt(2))
                  .addAttributes(attribute()));
        }
        if (random.nextBoolean()) {
          scope.setSchemaUrl("s");
        }
        for (int n = random.nextInt(5); n > 0; n--) {
          scope.addSpans(span());
        }
        resource.addScopeSpans(scope);
      }
      request.addResourceSpans(resource);
    }
    return request.build();
  }

  private ByteString id(int bytes) {
    var id = new byte[bytes];
    random.nextBytes(id);
    id[0] = 1;
    return ByteString.copyFrom(id);
  }

  public Span span() {
    long start = 1_700_000_000_000_000_000L + random.nextInt();
    var span =
        Span.newBuilder()
            .setTraceId(id(16))
            .setSpanId(id(8))
            .setName("op \"" + random.nextInt(9) + "\" <é>")
            .setKindValue(random.nextInt(6))
            .setStartTimeUnixNano(start)
            .setEndTimeUnixNano(start + random.nextInt());
    if (random.nextBoolean()) {
      span.setParentSpanId(id(8)).setTraceState("a=b").setFlags(0x101);
    }
    for (int n = random.nextInt(4); n > 0; n--) {
      span.addAttributes(attribute());
    }
    if (random.nextBoolean()) {
      span.addEvents(
          Span.Event.newBuilder()
              .setTimeUnixNano(start + 5)
              .setName("e")
              .addAttributes(attribute()));
    }
    if (random.nextBoolean()) {
      span.addLinks(
          Span.Link.newBuilder()
              .setTraceId(id(16))
              .setSpanId(id(8))
              .addAttributes(attribute())
              .setFlags(1));
    }
    if (random.nextBoolean()) {
      span.setStatus(Status.newBuilder().setCodeValue(random.nextInt(3)).setMessage("m"));
    }
    return span.build();
  }

  public KeyValue attribute() {
    return KeyValue.newBuilder().setKey("key" + random.nextInt(100)).setValue(value(0)).build();
  }

  private AnyValue value(int depth) {
    var value = AnyValue.newBuilder();
    return switch (random.nextInt(depth > 2 ? 5 : 7)) {
      case 0 -> value.setStringValue("text" + random.nextInt(5)).build();
      case 1 -> value.setIntValue(random.nextLong()).build();
      case 2 -> value.setDoubleValue(random.nextGaussian()).build();
      case 3 -> value.setBoolValue(random.nextBoolean()).build();
      case 4 -> value.setBytesValue(id(3)).build();
      case 5 ->
          value
              .setArrayValue(
                  ArrayValue.newBuilder().addValues(value(depth + 1)).addValues(value(depth + 1)))
              .build();
      default ->
          value
              .setKvlistValue(
                  KeyValueList.newBuilder()
                      .addValues(KeyValue.newBuilder().setKey("inner").setValue(value(depth + 1))))
              .build();
    };
  }
}
